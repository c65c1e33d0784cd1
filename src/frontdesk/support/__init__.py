"""Customer service: the help centre, and conversations. Imports point down: tickets → helpcentre → texts."""
