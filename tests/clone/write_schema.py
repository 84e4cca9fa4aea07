"""Writes the JSON Schemas of template files and archives anew: `python -m tests.clone.write_schema`."""

import json

from forum import create_app
from forum.clone.archive.schema import archive_schema
from forum.clone.template.schema import schema
from tests.clone.archive.test_schema import WRITTEN as OF_ARCHIVES
from tests.clone.test_format import WRITTEN

if __name__ == "__main__":
    with create_app().app_context():
        WRITTEN.write_text(json.dumps(schema(), indent=1) + "\n", encoding="utf-8")
        OF_ARCHIVES.write_text(json.dumps(archive_schema(), indent=1) + "\n", encoding="utf-8")
