"""The demo organisation: a council one can look round. Its words are data in this folder; FORMAT.md says how they are written."""
