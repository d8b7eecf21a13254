"""From placed glyphs to the bytes of a PDF/A: page content, fonts, structure tree, metadata and attachments."""
