"""The parts of a page that can be shown each on its own; ``schema.PARTS`` says what they are."""
