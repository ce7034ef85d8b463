"""What the operator may switch on in understanding."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from dotenv import dotenv_values

from bot.nlu.features import SentenceEncoder


def encoder_folder() -> Path | None:
    """Return the folder that NLU_ENCODER of the environment or of .env names; None: no encoder, the default."""
    folder = os.environ.get("NLU_ENCODER") or dotenv_values(".env").get("NLU_ENCODER")
    return Path(folder) if folder else None


def load_encoder() -> SentenceEncoder | None:
    """Return the sentence encoder that is switched on. Raises EncoderError if its folder cannot be used."""
    folder = encoder_folder()
    if folder is None:
        return None
    # Its packages are no part of the ordinary installation.
    from bot.nlu.encoder import Encoder

    return Encoder.load(folder)


def encoder_fingerprint() -> str:
    """Return a hash of the encoder's files; empty without one. Models of different encoders do not mix."""
    folder = encoder_folder()
    if folder is None:
        return ""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
