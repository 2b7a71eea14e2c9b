"""Generated pages say what the code says now."""

from motcua.config import documents


def test_generated_documents_are_fresh():
    stale = [
        name
        for name, text in documents.documents().items()
        if not (documents.FOLDER / name).exists() or (documents.FOLDER / name).read_text(encoding="utf-8") != text
    ]

    assert stale == [], "run: python -m motcua.config.documents"


def test_every_generated_document_has_a_maker():
    assert {path.name for path in documents.FOLDER.iterdir()} == documents.documents().keys()


def test_the_state_diagram_names_every_state():
    told = documents.states()

    assert all(f"`{state}`" in told for state in ("DRAFT", "READY", "STOPPED"))
    assert "IN_PROGRESS --> READY" in told
