"""What a line that needs a person may mean: readings with their evidence, ranked, and accepted by a person only."""
