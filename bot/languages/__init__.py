"""The files of the languages, as translators and reviewers work on them: `python -m bot.languages`."""
