"""The language that a text is most likely in, for /Lang where none is stated: by its script, else by common words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from archive.renditions.typesetting.scripts import script_of

_ENOUGH = 20_000
_SHARE = 0.04
_SHORT = 40
_SHORT_SHARE = 0.125
_BY_SCRIPT = {
    "Armn": "hy", "Beng": "bn", "Cyrl": "ru", "Deva": "hi", "Ethi": "am", "Geor": "ka", "Grek": "el", "Gujr": "gu",
    "Guru": "pa", "Hang": "ko", "Hani": "zh", "Hebr": "he", "Hira": "ja", "Kana": "ja", "Khmr": "km", "Knda": "kn",
    "Laoo": "lo", "Mlym": "ml", "Mymr": "my", "Sinh": "si", "Syrc": "syr", "Taml": "ta", "Telu": "te", "Thaa": "dv",
    "Thai": "th", "Tibt": "bo",
}  # fmt: skip
_WORDS = {
    "en": "the of and to in is that for was with on this by are not from have it be which or an were",
    "fr": "le la les des et est une dans que pour qui sur pas par plus avec ce sont au du",
    "de": "der die das und ist nicht von mit den ein eine zu auf dem für sich des im auch werden",
    "es": "el la los las de que y en un una por con para del se no es su al como",
    "it": "il di che la e un una per non del della sono con nel gli le alla dei come",
    "pt": "o a os as de que e do da em um uma para com não por dos no na são",
    "nl": "de het een en van is dat niet op te zijn met voor die er aan ook door naar",
    "tr": "ve bir bu da de için ile olarak olan çok daha gibi en ne ki kadar sonra",
    "ar": "في من على إلى أن عن التي الذي هذا هذه مع بعد لا ما كان قال بين إن",
    "fa": "در از به که این را با است برای آن یک می شود شده خود تا بود های",
    "ur": "کے کی میں ہے اور سے کا کو نے پر ہیں یہ کہ اس ایک بھی",
    "ru": "и в не на что с по это как из для от был его но",
    "uk": "і в не на що з та це як до для від був його але є",
}
_COMMON = {language: frozenset(words.split()) for language, words in _WORDS.items()}


def likely_language(texts: Iterable[str]) -> str | None:
    """A BCP 47 tag, or None where the texts are too short or too mixed to tell."""
    sample = ""
    for text in texts:
        sample += f" {text[:_ENOUGH]}"
        if len(sample) > _ENOUGH:
            break
    words = re.findall(r"[^\W\d_]+", sample[: 2 * _ENOUGH].lower())
    scripts: Counter[str | None] = Counter()
    for character, count in Counter("".join(words)).items():
        scripts[script_of(character)] += count
    scripts.pop(None, None)
    if not scripts:
        return None
    script = scripts.most_common(1)[0][0] or ""
    if "Hira" in scripts or "Kana" in scripts:
        script = "Hira" if script == "Hani" else script
    # Single letters are variables, elements and initials as often as words.
    words = [word for word in words if len(word) > 1]
    told = Counter(words)
    counts = Counter({language: sum(told[word] for word in common) for language, common in _COMMON.items()})
    (best, found), (_, second) = counts.most_common(2)
    # One word that comes again and again, as in a log, tells nothing, nor do few among very many. A sentence has few.
    different = sum(1 for word in _COMMON[best] if word in told)
    share, fewest = (_SHORT_SHARE, 1) if len(words) < _SHORT else (_SHARE, 2)
    if found > second and different >= fewest and found >= share * len(words):
        return best
    return _BY_SCRIPT.get(script) or ("ar" if script == "Arab" else None)
