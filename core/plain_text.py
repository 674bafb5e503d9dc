"""What people type, as plain text that can be kept and shown."""

import re
import unicodedata


def tidy(text: str) -> str:
    """Line ends as `\\n`, no control or direction-changing characters, no more than one empty line in a row.

    Empty if nothing in it can be seen.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in {"Cc", "Cs", "Co", "Cn"})
    text = re.sub("[\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]", "", text)
    text = re.sub(r"[ \t]+\n", "\n", text)
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    seen = any(unicodedata.category(one)[0] not in {"Z", "C", "M"} for one in text)
    return text if seen else ""
