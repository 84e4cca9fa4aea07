"""Date polls: "when can you?", with days or times to choose from, until a meetup takes place on one of them (C8)."""
