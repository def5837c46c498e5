// partition/journal_schema.h — the tables of the journal, version 1.
//
// A change of these tables is a new version and a step that leads there from the one before.
#pragma once

namespace septet::partition {

inline constexpr int kJournalVersion = 1;

inline constexpr const char* kJournalSchema = R"sql(
CREATE TABLE change(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  node TEXT NOT NULL,
  verb TEXT NOT NULL,
  uid INTEGER NOT NULL, user TEXT NOT NULL, pid INTEGER NOT NULL, command TEXT NOT NULL,
  boot TEXT NOT NULL,
  resets INTEGER NOT NULL,
  began_ns INTEGER NOT NULL,
  ended_ns INTEGER,
  how TEXT,
  why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX change_unfinished ON change(node) WHERE ended_ns IS NULL;

CREATE TABLE change_gpu(
  change INTEGER NOT NULL REFERENCES change(id),
  position INTEGER NOT NULL,
  uuid TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  PRIMARY KEY(change, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE step(
  id INTEGER PRIMARY KEY,
  change INTEGER NOT NULL REFERENCES change(id),
  run INTEGER NOT NULL, gpu INTEGER NOT NULL, way TEXT NOT NULL, round INTEGER NOT NULL,
  number INTEGER NOT NULL, attempt INTEGER NOT NULL,
  text TEXT NOT NULL,
  intended_ns INTEGER NOT NULL,
  ended_ns INTEGER,
  failure TEXT,
  UNIQUE(change, run, gpu, way, round, number, attempt)
) STRICT;

CREATE TABLE wanted(
  node TEXT NOT NULL,
  uuid TEXT NOT NULL,
  cut TEXT NOT NULL,
  since_ns INTEGER NOT NULL,
  PRIMARY KEY(node, uuid)
) STRICT, WITHOUT ROWID;

CREATE TABLE reboot(
  node TEXT PRIMARY KEY,
  wanted TEXT NOT NULL,
  boot TEXT NOT NULL,
  asked_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace septet::partition
