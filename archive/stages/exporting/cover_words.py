"""The words of cover sheets, in each language that a sheet can be in."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "ar")

ENGLISH = {
    "heading": "Working copy",
    "lead": "This is a copy of archived material, given to one person for one purpose. The original stays in the archive.",
    "title": "Title", "creator": "Creator", "date": "Date of the material", "identifier": "Identifier",
    "contents": "Contents", "files": "{count} files, {size} bytes",
    "partial": "A part of the material: {count} restricted files are not in this copy.",
    "private": "Private fields of the description are not in this copy.",
    "person": "Given to", "purpose": "Purpose", "reason": "Restricted material is given because", "day": "Given on",
    "by": "Given by",
    "rights": "Rights", "access": "Access", "license": "Licence", "holder": "Rights holder", "statement": "Rights statement",
    "none": "The description says nothing about rights. Ask the archive before you publish anything.",
    "duty": "Do not pass this copy on. Ask the archive if someone else needs it.",
    "check": "How to check this copy",
    "steps": "Open a terminal in the folder that holds this sheet, and run:",
    "expect": "Every line must end with OK. The manifest itself must have this digest ({algorithm}):",
    "program": "With the program muniment, all of it is checked by one command:",
    "digests": "Digests of the files ({algorithm})",
    "more": "The digests of all {count} files are in {name}.",
    "open": "open", "restricted": "restricted", "embargoed": "embargoed", "closed": "closed",
}
ARABIC = {
    "heading": "نسخة عمل",
    "lead": "هذه نسخة من مواد محفوظة في الأرشيف، سُلّمت إلى شخص واحد لغرض واحد. ويبقى الأصل في الأرشيف.",
    "title": "العنوان", "creator": "المُنشئ", "date": "تاريخ المواد", "identifier": "المعرّف",
    "contents": "المحتويات", "files": "عدد الملفات: {count}، الحجم بالبايت: {size}",
    "partial": "هذا جزء من المواد: عدد الملفات المقيّدة غير الموجودة في هذه النسخة: {count}.",
    "private": "الحقول الخاصة من الوصف غير موجودة في هذه النسخة.",
    "person": "سُلّمت إلى", "purpose": "الغرض", "reason": "سبب تسليم المواد المقيّدة", "day": "تاريخ التسليم",
    "by": "سلّمها",
    "rights": "الحقوق", "access": "إمكانية الاطلاع", "license": "الترخيص", "holder": "صاحب الحقوق",
    "statement": "بيان الحقوق",
    "none": "لا يذكر الوصف شيئًا عن الحقوق. اسأل الأرشيف قبل نشر أي شيء.",
    "duty": "لا تُعطِ هذه النسخة لأحد غيرك. اسأل الأرشيف إذا احتاجها شخص آخر.",
    "check": "كيفية التحقق من هذه النسخة",
    "steps": "افتح نافذة الأوامر في المجلد الذي يحوي هذه الورقة، ثم نفّذ:",
    "expect": "يجب أن ينتهي كل سطر بكلمة OK. ويجب أن تكون بصمة ملف القائمة نفسه ({algorithm}):",
    "program": "وببرنامج muniment يتم التحقق من كل شيء بأمر واحد:",
    "digests": "بصمات الملفات ({algorithm})",
    "more": "بصمات جميع الملفات، وعددها {count}، موجودة في {name}.",
    "open": "متاح", "restricted": "مقيّد", "embargoed": "محجوب إلى أجل", "closed": "مغلق",
}
WORDS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "ar": ARABIC}
