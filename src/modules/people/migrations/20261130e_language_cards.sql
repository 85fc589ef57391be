-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- What other modules may know of languages and of the house: in which language a person is written to, and how the house is set up.
CREATE VIEW person_language AS SELECT id, locale FROM person;
CREATE VIEW setting_card AS SELECT key, value FROM setting;
