-- By what a person is found, and which companies there are, for the conditions of others.
CREATE VIEW person_term AS SELECT word, person_id FROM person_word;
CREATE VIEW company_card AS SELECT id, name FROM company;
