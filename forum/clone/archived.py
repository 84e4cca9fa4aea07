"""What an archive of a space carries of showcases, copies and archives: nothing."""

from forum.clone.clone import POLICY
from forum.core.archiving import Archived, stay

ARCHIVED: Archived = {
    **stay(
        POLICY,
        "showcase",
        "showcase_item",
        "showcase_consent",
        "clone_job",
        "lineage",
        "lineage_item",
        "lineage_row",
        "upstream_answer",
        "space_archive",
        "space_restore",
        "restored_row",
    ),
}
