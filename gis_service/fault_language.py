"""Receipts in the reader's language: English or Hindi."""

from collections.abc import Mapping
from typing import Any

from flask import Request

from movements import fault_hindi
from movements.receipt import Receipt

LANGUAGES = ("en", "hi")


def language(asked: Request, given: str | None) -> str:
    """Return ``en`` or ``hi``: as the address says, or as the reader's program does."""
    return given or asked.accept_languages.best_match(LANGUAGES) or "en"


def fault(told: Mapping[str, Any], spoken: str) -> dict[str, Any]:
    """Return a fault with its message and suggestion in a language.

    ``message_hi`` stays, for those who show both.
    """
    if spoken != "hi":
        return dict(told)
    advice = told["suggestion"]
    return {
        **told,
        "message": told["message_hi"],
        "suggestion": fault_hindi.suggested(advice) if advice else advice,
    }


def body(receipt: Receipt | Mapping[str, Any], spoken: str) -> dict[str, Any]:
    """Return a receipt's body in a language."""
    made = receipt.body() if isinstance(receipt, Receipt) else dict(receipt)
    if spoken != "hi":
        return made
    made["faults"] = [fault(each, spoken) for each in made["faults"]]
    made["ignored"] = [ignored(each, spoken) for each in made["ignored"]]
    return made


def ignored(told: Mapping[str, Any], spoken: str) -> dict[str, Any]:
    """Return what else the sender is told, in a language."""
    if spoken != "hi":
        return dict(told)
    return {**told, "message": fault_hindi.ignored(told["code"], told["message"])}
