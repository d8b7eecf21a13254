# ruff: noqa: E501
"""Records as other systems write them, made by hand after the shape of theirs: each has one of everything that matters."""

from __future__ import annotations

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

PREMIS_2 = f"""<?xml version="1.0"?>
<premis xmlns="info:lc/xmlns/premis-v2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="2.2">
 <object xsi:type="file">
  <objectIdentifier><objectIdentifierType>local</objectIdentifierType><objectIdentifierValue>o1</objectIdentifierValue></objectIdentifier>
  <objectCharacteristics>
   <compositionLevel>0</compositionLevel>
   <fixity><messageDigestAlgorithm>md5</messageDigestAlgorithm><messageDigest>{MD5}</messageDigest></fixity>
   <size>0</size>
   <format><formatDesignation><formatName>Plain text</formatName></formatDesignation>
    <formatRegistry><formatRegistryName>PRONOM</formatRegistryName><formatRegistryKey>x-fmt/111</formatRegistryKey></formatRegistry></format>
  </objectCharacteristics>
  <originalName>objects/a.txt</originalName>
  <linkingEventIdentifier><linkingEventIdentifierType>local</linkingEventIdentifierType><linkingEventIdentifierValue>e1</linkingEventIdentifierValue></linkingEventIdentifier>
 </object>
 <event>
  <eventIdentifier><eventIdentifierType>local</eventIdentifierType><eventIdentifierValue>e1</eventIdentifierValue></eventIdentifier>
  <eventType>virus check</eventType>
  <eventDateTime>2014-01-14T23:10:45.123456</eventDateTime>
  <eventDetail>program="Clam AV"</eventDetail>
  <eventOutcomeInformation><eventOutcome>Pass</eventOutcome></eventOutcomeInformation>
  <linkingAgentIdentifier><linkingAgentIdentifierType>local</linkingAgentIdentifierType><linkingAgentIdentifierValue>a1</linkingAgentIdentifierValue></linkingAgentIdentifier>
  <linkingObjectIdentifier><linkingObjectIdentifierType>local</linkingObjectIdentifierType><linkingObjectIdentifierValue>o1</linkingObjectIdentifierValue></linkingObjectIdentifier>
 </event>
 <agent>
  <agentIdentifier><agentIdentifierType>local</agentIdentifierType><agentIdentifierValue>a1</agentIdentifierValue></agentIdentifier>
  <agentName>Archivematica 1.4</agentName><agentType>software</agentType>
 </agent>
</premis>
"""


def archivematica_mets(namespace: str = "http://www.loc.gov/premis/v3", version: str = "3.0", extra: str = "") -> str:
    """A METS with PREMIS wrapped in one amdSec for each file, events without object links, a nested file system map."""
    detail = (
        "<premis:eventDetailInformation><premis:eventDetail>x</premis:eventDetail></premis:eventDetailInformation>"
        if version == "3.0"
        else "<premis:eventDetail>x</premis:eventDetail>"
    )
    return f"""<?xml version="1.0" encoding="ASCII"?>
<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:premis="{namespace}"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.loc.gov/METS/ http://schemas.invalid/mets.xsd">
 <mets:metsHdr CREATEDATE="2020-01-22T18:16:44"/>
 <mets:dmdSec ID="dmdSec_1"><mets:mdWrap MDTYPE="DC"><mets:xmlData>
  <dcterms:dublincore xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">
   <dc:title>Letters</dc:title><dcterms:issued>1914/1918</dcterms:issued></dcterms:dublincore>
 </mets:xmlData></mets:mdWrap></mets:dmdSec>
 <mets:amdSec ID="amdSec_1">
  <mets:techMD ID="techMD_1"><mets:mdWrap MDTYPE="PREMIS:OBJECT"><mets:xmlData>
   <premis:object xsi:type="premis:file" version="{version}">
    <premis:objectIdentifier><premis:objectIdentifierType>local</premis:objectIdentifierType><premis:objectIdentifierValue>o1</premis:objectIdentifierValue></premis:objectIdentifier>
    <premis:objectCharacteristics>
     <premis:compositionLevel>0</premis:compositionLevel>
     <premis:fixity><premis:messageDigestAlgorithm>sha256</premis:messageDigestAlgorithm><premis:messageDigest>{SHA256}</premis:messageDigest></premis:fixity>
     <premis:size>158131</premis:size>
     <premis:format><premis:formatDesignation><premis:formatName>JPEG</premis:formatName></premis:formatDesignation></premis:format>
     <premis:objectCharacteristicsExtension><fits xmlns="http://hul.harvard.edu/ois/xml/ns/fits/fits_output" xsi:type="fitsType">x</fits></premis:objectCharacteristicsExtension>
    </premis:objectCharacteristics>
    <premis:originalName>%transferDirectory%objects/a.jpg</premis:originalName>
   </premis:object>
  </mets:xmlData></mets:mdWrap></mets:techMD>
  <mets:digiprovMD ID="digiprovMD_1"><mets:mdWrap MDTYPE="PREMIS:EVENT"><mets:xmlData>
   <premis:event version="{version}">
    <premis:eventIdentifier><premis:eventIdentifierType>local</premis:eventIdentifierType><premis:eventIdentifierValue>e1</premis:eventIdentifierValue></premis:eventIdentifier>
    <premis:eventType>name cleanup</premis:eventType>
    <premis:eventDateTime>2020-01-22T18:16:44.526914+00:00</premis:eventDateTime>
    {detail}
    <premis:linkingAgentIdentifier><premis:linkingAgentIdentifierType>repository code</premis:linkingAgentIdentifierType><premis:linkingAgentIdentifierValue>test</premis:linkingAgentIdentifierValue></premis:linkingAgentIdentifier>
   </premis:event>
  </mets:xmlData></mets:mdWrap></mets:digiprovMD>
  <mets:digiprovMD ID="digiprovMD_2"><mets:mdWrap MDTYPE="PREMIS:AGENT"><mets:xmlData>
   <premis:agent version="{version}">
    <premis:agentIdentifier><premis:agentIdentifierType>repository code</premis:agentIdentifierType><premis:agentIdentifierValue>test</premis:agentIdentifierValue></premis:agentIdentifier>
    <premis:agentName>test</premis:agentName><premis:agentType>organization</premis:agentType>
   </premis:agent>
  </mets:xmlData></mets:mdWrap></mets:digiprovMD>{extra}
 </mets:amdSec>
 <mets:fileSec><mets:fileGrp USE="original">
  <mets:file ID="file-o1" ADMID="amdSec_1"><mets:FLocat xlink:href="objects/a.jpg" LOCTYPE="OTHER" OTHERLOCTYPE="SYSTEM"/></mets:file>
 </mets:fileGrp></mets:fileSec>
 <mets:structMap ID="structMap_1" LABEL="Archivematica default" TYPE="physical">
  <mets:div LABEL="sip" TYPE="Directory" DMDID="dmdSec_1"><mets:div LABEL="objects" TYPE="Directory">
   <mets:div LABEL="a.jpg" TYPE="Item"><mets:fptr FILEID="file-o1"/></mets:div></mets:div></mets:div>
 </mets:structMap>
</mets:mets>
"""


DSPACE_METS = f"""<?xml version="1.0" encoding="utf-8" standalone="no"?>
<mets ID="DSpace_ITEM_1-2" OBJID="hdl:1/2" TYPE="DSpace ITEM" PROFILE="http://www.dspace.org/schema/aip/mets_aip_1_0.xsd"
  xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink">
 <metsHdr LASTMODDATE="2012-01-27T12:44:05Z"><agent ROLE="CUSTODIAN" TYPE="OTHER" OTHERTYPE="DSpace Archive"><name>1/0</name></agent></metsHdr>
 <dmdSec ID="dmdSec_1"><mdWrap MDTYPE="MODS"><xmlData>
  <mods:mods xmlns:mods="http://www.loc.gov/mods/v3"><mods:titleInfo><mods:title>A thesis</mods:title></mods:titleInfo></mods:mods></xmlData></mdWrap></dmdSec>
 <dmdSec ID="dmdSec_2"><mdWrap MDTYPE="OTHER" OTHERMDTYPE="DIM"><xmlData>
  <dim:dim xmlns:dim="http://www.dspace.org/xmlns/dspace/dim" dspaceType="ITEM"><dim:field mdschema="dc" element="title">A thesis</dim:field></dim:dim></xmlData></mdWrap></dmdSec>
 <amdSec ID="amd_1"><techMD ID="techMD_1"><mdWrap MDTYPE="PREMIS"><xmlData>
  <premis:premis xmlns:premis="http://www.loc.gov/standards/premis">
   <premis:object>
    <premis:objectIdentifier><premis:objectIdentifierType>URL</premis:objectIdentifierType><premis:objectIdentifierValue>http://repository.invalid/bitstream/1</premis:objectIdentifierValue></premis:objectIdentifier>
    <premis:objectCategory>File</premis:objectCategory>
    <premis:objectCharacteristics>
     <premis:fixity><premis:messageDigestAlgorithm>MD5</premis:messageDigestAlgorithm><premis:messageDigest>{MD5}</premis:messageDigest></premis:fixity>
     <premis:size>2</premis:size>
     <premis:format><premis:formatDesignation><premis:formatName>application/pdf</premis:formatName></premis:formatDesignation></premis:format>
    </premis:objectCharacteristics>
    <premis:originalName>thesis.pdf</premis:originalName>
   </premis:object>
  </premis:premis></xmlData></mdWrap></techMD></amdSec>
 <fileSec><fileGrp USE="ORIGINAL"><file ID="bitstream_1" MIMETYPE="application/pdf" SIZE="2" CHECKSUM="{MD5}" CHECKSUMTYPE="MD5" ADMID="amd_1">
  <FLocat LOCTYPE="URL" xlink:type="simple" xlink:href="bitstream_1.pdf"/></file></fileGrp></fileSec>
 <structMap ID="struct_1" LABEL="DSpace Object" TYPE="LOGICAL"><div ID="div_1" DMDID="dmdSec_1 dmdSec_2" TYPE="DSpace Object Contents">
  <div ID="div_2" TYPE="DSpace BITSTREAM"><fptr FILEID="bitstream_1"/></div></div></structMap>
</mets>
"""

RODA_EVENT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<event xmlns="http://www.loc.gov/premis/v3" version="3.0">
 <eventIdentifier><eventIdentifierType>URN</eventIdentifierType><eventIdentifierValue>urn:roda:premis:event:1</eventIdentifierValue></eventIdentifier>
 <eventType>ingest start</eventType>
 <eventDateTime>2021-05-04T10:00:00.000Z</eventDateTime>
 <eventDetailInformation><eventDetail>The ingest process has started.</eventDetail></eventDetailInformation>
 <eventOutcomeInformation><eventOutcome>SUCCESS</eventOutcome></eventOutcomeInformation>
 <linkingAgentIdentifier><linkingAgentIdentifierType>URN</linkingAgentIdentifierType><linkingAgentIdentifierValue>urn:roda:premis:agent:1</linkingAgentIdentifierValue><linkingAgentRole>executing program</linkingAgentRole></linkingAgentIdentifier>
 <linkingObjectIdentifier><linkingObjectIdentifierType>URN</linkingObjectIdentifierType><linkingObjectIdentifierValue>urn:roda:aip:1</linkingObjectIdentifierValue></linkingObjectIdentifier>
</event>
"""

OAI_ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2024-05-20T10:00:00Z</responseDate><GetRecord><record>
 <header><identifier>oai:x:1</identifier></header><metadata>
 <oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <dc:title xml:lang="ar">بيان</dc:title><dc:date>2004</dc:date></oai_dc:dc></metadata></record></GetRecord></OAI-PMH>
"""

SRW_DC = """<srw_dc:dc xmlns:srw_dc="info:srw/schema/1/dc-schema"><title xmlns="http://purl.org/dc/elements/1.1/">A</title>
<date xmlns="http://purl.org/dc/elements/1.1/">1999-05</date></srw_dc:dc>
"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<rdf:Description rdf:about="urn:x:1"><dc:title>A</dc:title><dc:relation rdf:resource="urn:x:2"/></rdf:Description></rdf:RDF>
"""

DSPACE_DC = """<?xml version="1.0" encoding="utf-8"?>
<dublin_core schema="dc"><dcvalue element="title" qualifier="none" language="en">A thesis</dcvalue>
<dcvalue element="date" qualifier="issued">2012</dcvalue></dublin_core>
"""

SIMPLE_DC = "<simpledc><title>A thesis</title><date>2012-05</date></simpledc>"

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">A</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>
"""

RIGHTS_SECTION = """
  <mets:rightsMD ID="rightsMD_1"><mets:mdWrap MDTYPE="PREMIS:RIGHTS"><mets:xmlData>
   <premis:rightsStatement>
    <premis:rightsStatementIdentifier><premis:rightsStatementIdentifierType>local</premis:rightsStatementIdentifierType><premis:rightsStatementIdentifierValue>r1</premis:rightsStatementIdentifierValue></premis:rightsStatementIdentifier>
    <premis:rightsBasis>License</premis:rightsBasis>
    <premis:licenseInformation><premis:licenseTerms>CC BY</premis:licenseTerms></premis:licenseInformation>
    <premis:rightsGranted><premis:act>disseminate</premis:act><premis:restriction>Allow</premis:restriction>
     <premis:termOfGrant><premis:startDate>2015</premis:startDate><premis:endDate>OPEN</premis:endDate></premis:termOfGrant></premis:rightsGranted>
    <premis:linkingObjectIdentifier><premis:linkingObjectIdentifierType>local</premis:linkingObjectIdentifierType><premis:linkingObjectIdentifierValue>o1</premis:linkingObjectIdentifierValue></premis:linkingObjectIdentifier>
   </premis:rightsStatement>
  </mets:xmlData></mets:mdWrap></mets:rightsMD>"""
"""A rights statement by itself, without the `rights` around it, for `archivematica_mets`: that system writes it so."""


def mets_with_two_files() -> str:
    """`archivematica_mets` with a second file, in whose section the same agent is told again."""
    text = archivematica_mets()
    start, end = text.index(' <mets:amdSec ID="amdSec_1">'), text.index(" <mets:fileSec>")
    second = text[start:end]
    for old, new in (
        ("amdSec_1", "amdSec_2"),
        ("MD_1", "MD_11"),
        ("MD_2", "MD_12"),
        (">o1<", ">o2<"),
        (">e1<", ">e2<"),
    ):
        second = second.replace(old, new)
    file = '<mets:file ID="file-o2" ADMID="amdSec_2"><mets:FLocat xlink:href="objects/b.jpg" LOCTYPE="OTHER" OTHERLOCTYPE="SYSTEM"/></mets:file>\n </mets:fileGrp>'
    return (text[:end] + second + text[end:]).replace(" </mets:fileGrp>", file)


LOOSE_DC = """<METS:mets xmlns:METS="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink">
 <METS:dmdSec ID="d"><METS:mdWrap MDTYPE="DC"><METS:xmlData xmlns:dcterms="http://purl.org/dc/terms/">
  <dcterms:title xml:lang="sl">Pisma</dcterms:title><dcterms:creator/></METS:xmlData></METS:mdWrap></METS:dmdSec>
 <METS:structMap><METS:div DMDID="d"><METS:mptr LOCTYPE="URL" xlink:href="rep%2FMETS.xml"/></METS:div></METS:structMap>
</METS:mets>
"""
"""Dublin Core without a container, one field left empty, and a pointer to another METS."""

ROSETTA_METS = LOOSE_DC.replace("http://www.loc.gov/METS/", "http://www.exlibrisgroup.com/xsd/dps/rosettaMets")
