-- Words by whose beginning a person is found: those of the name, the addresses and numbers, the company.
-- only: sqlite
CREATE TABLE person_word (
    word TEXT NOT NULL,
    person_id {int} NOT NULL REFERENCES person (id),
    PRIMARY KEY (word, person_id)
) STRICT, WITHOUT ROWID;
-- end
-- only: postgresql
CREATE TABLE person_word (
    word TEXT COLLATE "C" NOT NULL,
    person_id {int} NOT NULL REFERENCES person (id),
    PRIMARY KEY (word, person_id)
);
-- end
CREATE INDEX person_word_by_person ON person_word (person_id);
CREATE INDEX person_by_name ON person (name, id);
