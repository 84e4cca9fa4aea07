"""What of showcases and copies is about a person."""

from forum.core.ownership import HTML, OTHERS, PLAIN, SECRET, THROUGH, Fate, Personal, by, mine

PERSONAL: Personal = {
    "showcase": {
        "changed_by_id": by(Fate.UNNAME),
        "parts": PLAIN,
        "left_out": PLAIN,
        "how_source": OTHERS,
        "how_html": HTML,
        "nonce": SECRET,
        "token_hash": SECRET,
    },
    "showcase_item": {"item_id": THROUGH, "chosen_by_id": by(Fate.UNNAME)},
    "showcase_consent": {"person_id": mine(Fate.DELETE)},
    "clone_job": {
        "maker_id": mine(Fate.DELETE),
        "ref": PLAIN,
        "starter": PLAIN,
        "file": SECRET,
        "via_hash": SECRET,
        "name": PLAIN,
        "slug": PLAIN,
        "parts": PLAIN,
    },
    "lineage": {"origin_name": PLAIN},
    "lineage_item": {"content_hash": SECRET, "base": OTHERS, "mark": SECRET},
    "lineage_row": {"origin_key": PLAIN, "kind": PLAIN, "own_key": PLAIN, "base": OTHERS, "mark": SECRET},
    "upstream_answer": {"origin_uuid": PLAIN, "by_id": by(Fate.UNNAME), "before": OTHERS},
    "space_archive": {"person_id": mine(Fate.DELETE), "uuid": PLAIN, "error": SECRET},
    "space_restore": {
        "person_id": mine(Fate.KEEP),
        "uuid": PLAIN,
        "sha256": SECRET,
        "file_name": PLAIN,
        "report": SECRET,
        "name": PLAIN,
        "slug": PLAIN,
        "at_table": SECRET,
        "error": SECRET,
    },
    "restored_row": {"kind": SECRET},
}
