"""Formulas of MathML and of Word (OMML) as a line of text: a/b, x^(2), x_(i), √(x). Every symbol of theirs stays."""

from __future__ import annotations

from typing import Any

_DEEPEST = 60


def mathml_text(element: Any) -> str:
    """The formula of a `math` element as a line of text, annotations apart."""
    return " ".join(_mathml(element, 0).split())


def omml_text(element: Any) -> str:
    """The formula of an `m:oMath` element as a line of text."""
    return " ".join(_omml(element, 0).split())


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(element: Any) -> list[Any]:
    return [child for child in element if isinstance(child.tag, str)]


def _group(text: str) -> str:
    return text if len(text) <= 1 or text.isalnum() else f"({text})"


def _mathml(element: Any, depth: int) -> str:
    name = _name(element).lower()
    if depth > _DEEPEST:
        return "".join(element.itertext())
    if name in ("mi", "mn", "mo", "mtext", "ms"):
        return "".join(element.itertext()).strip() if name != "mtext" else "".join(element.itertext())
    if name in ("annotation", "annotation-xml"):
        return ""
    parts = [_mathml(child, depth + 1) for child in _children(element)]
    own = (element.text or "").strip()
    tails = "".join((child.tail or "").strip() for child in element)
    text = own + _join_mathml(name, parts) + tails
    if name == "menclose" and "strike" in (element.get("notation") or ""):
        return f"[struck out: {text}]"
    if name == "mphantom":
        return ""
    if name == "mfenced":
        return f"{element.get('open', '(')}{', '.join(parts)}{element.get('close', ')')}"
    return text


def _join_mathml(name: str, parts: list[str]) -> str:
    first, second, third = (*parts, "", "", "")[:3]
    if name == "mfrac" and len(parts) == 2:
        return f"{_group(first)}/{_group(second)}"
    if name == "msqrt":
        return f"√({''.join(parts)})"
    if name == "mroot" and len(parts) == 2:
        return f"root {second} of ({first})"
    if name in ("msup", "mover") and len(parts) == 2:
        return f"{first}^{_group(second)}"
    if name in ("msub", "munder") and len(parts) == 2:
        return f"{first}_{_group(second)}"
    if name in ("msubsup", "munderover") and len(parts) == 3:
        return f"{first}_{_group(second)}^{_group(third)}"
    if name == "mtable":
        return f"[{'; '.join(parts)}]"
    if name == "mtr":
        return ", ".join(parts)
    return "".join(parts)


def _omml(element: Any, depth: int) -> str:
    name = _name(element)
    if depth > _DEEPEST:
        return "".join(element.itertext())
    if name in ("t", "delText", "instrText"):
        return element.text or ""
    if name.endswith("Pr"):
        return ""
    if name == "phant" and _value(element, "phantPr", "show") in ("0", "off", "false"):
        return ""
    parts: dict[str, list[str]] = {}
    for child in _children(element):
        parts.setdefault(_name(child), []).append(_omml(child, depth + 1))
    return _join_omml(name, element, parts)


def _join_omml(name: str, element: Any, parts: dict[str, list[str]]) -> str:
    base, sub, sup = ("".join(parts.get(key, ())) for key in ("e", "sub", "sup"))
    if name == "f":
        return f"{_group(''.join(parts.get('num', ())))}/{_group(''.join(parts.get('den', ())))}"
    if name == "rad":
        degree = "".join(parts.get("deg", ()))
        return f"root {degree} of ({base})" if degree else f"√({base})"
    if name in ("sSup", "sSub", "sSubSup", "sPre"):
        return f"{base}{f'_{_group(sub)}' if sub else ''}{f'^{_group(sup)}' if sup else ''}"
    if name == "nary":
        sign = _value(element, "naryPr", "chr") or "∫"
        return f"{sign}{f'_{_group(sub)}' if sub else ''}{f'^{_group(sup)}' if sup else ''} {base}"
    if name == "d":
        first, last = (_value(element, "dPr", key) for key in ("begChr", "endChr"))
        return f"{'(' if first is None else first}{'|'.join(parts.get('e', ()))}{')' if last is None else last}"
    if name in ("limLow", "limUpp"):
        return f"{base}{'_' if name == 'limLow' else '^'}{_group(''.join(parts.get('lim', ())))}"
    if name in ("m", "eqArr"):
        return f"[{'; '.join([*parts.get('mr', ()), *parts.get('e', ())])}]"
    if name == "mr":
        return ", ".join(parts.get("e", ()))
    if name in ("del", "moveFrom") or (name == "r" and _is_struck(element)):
        return f"[struck out: {''.join(_omml_in_order(element, parts))}]"
    if name == "borderBox" and any(_is_on(element, key) for key in ("strikeH", "strikeV", "strikeBLTR", "strikeTLBR")):
        return f"[struck out: {base}]"
    if name == "acc":
        return f"{base}{_value(element, 'accPr', 'chr') or chr(0x302)}"
    return "".join(_omml_in_order(element, parts))


def _omml_in_order(element: Any, parts: dict[str, list[str]]) -> list[str]:
    left = {key: list(values) for key, values in parts.items()}
    return [left[_name(child)].pop(0) for child in _children(element)]


def _is_struck(run: Any) -> bool:
    """Whether a run of a formula has the form of struck text."""
    marks = (one for one in run.iter() if _name(one) in ("strike", "dstrike"))
    said = (next((str(v) for at, v in one.attrib.items() if str(at).endswith("val")), "1") for one in marks)
    return any(one not in ("0", "false", "off") for one in said)


def hidden_parts(element: Any) -> list[str]:
    """The texts of a formula of Word that are not shown (22.1.2.81)."""
    return [
        "".join(one.itertext())
        for one in element.iter()
        if _name(one) == "phant" and _value(one, "phantPr", "show") in ("0", "off", "false")
    ]


def _is_on(element: Any, key: str) -> bool:
    said = _value(element, "borderBoxPr", key)
    return said is not None and said not in ("0", "off", "false")


def _value(element: Any, properties: str, key: str) -> str | None:
    for child in _children(element):
        if _name(child) == properties:
            for one in _children(child):
                if _name(one) == key:
                    return next((str(value) for at, value in one.attrib.items() if str(at).endswith("val")), "")
    return None
