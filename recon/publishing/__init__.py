"""The publishing export: profiles, statements, documents, activity and backup, as one bundle, and its delivery."""
