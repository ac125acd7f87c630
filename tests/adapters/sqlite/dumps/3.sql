PRAGMA application_id = 1131368052;
PRAGMA user_version = 3;
CREATE TABLE setting (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO setting VALUES ('kinds', '{"contact": [[["name", ["tag:"], true, false], ["due", null, false, true]], {}], "person": [[["name", null, false, false]], {"contact": "contact"}]}');
INSERT INTO setting VALUES ('secret', X'49C00D6DA0DD6ECE13678F4EACE6168EA2E468BA37FBD04C89E1C1BC246F22AC');
CREATE TABLE workspace (n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT INTO workspace VALUES (1, 'acme');
CREATE TABLE order_index (
    number INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace,
    kind TEXT NOT NULL,
    base TEXT NOT NULL,
    name TEXT NOT NULL,
    has_words INTEGER NOT NULL,
    UNIQUE (workspace, kind, base, name)
);
INSERT INTO order_index VALUES (1, 1, 'contact', 'name', 'name:fr', 1);
INSERT INTO order_index VALUES (2, 1, 'contact', 'due', 'due', 0);
INSERT INTO order_index VALUES (3, 1, 'person', 'name', 'name', 0);
CREATE TABLE record (
    n INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    owner TEXT,
    access_set INTEGER NOT NULL,
    card BLOB NOT NULL,
    words TEXT NOT NULL,
    index_data BLOB NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (workspace, kind, id)
);
INSERT INTO record VALUES (1, 1, 'contact', '1', 3, '', 1, X'7B226E223A20317D', 'müller', X'3220302031006E616D653A667200647565006DC3BC6C6C65720032303236006C6F67696E2F61007461673A766970', X'7B226E616D65223A20224DC3BC6C6C657220F09F9880227D');
INSERT INTO record VALUES (2, 1, 'person', '2', 1, '1', 0, X'7B7D', '', X'3120312030006E616D65006A616E6500636F6E746163740031', X'7B7D');
CREATE INDEX record_owner ON record (workspace, kind, owner) WHERE owner <> '';
CREATE TABLE access_set (
    n INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspace,
    kind TEXT NOT NULL,
    terms TEXT NOT NULL,
    covered TEXT NOT NULL,
    UNIQUE (workspace, kind, terms)
);
INSERT INTO access_set VALUES (1, 1, 'contact', '["visible:*"]', '["visible:*"]');
CREATE TABLE access_term (
    workspace INTEGER NOT NULL REFERENCES workspace, kind TEXT NOT NULL, term TEXT NOT NULL, posted INTEGER NOT NULL,
    PRIMARY KEY (workspace, kind, term, posted)
) WITHOUT ROWID;
INSERT INTO access_term VALUES (1, 'contact', 'visible:*', -1);
CREATE TABLE entry (position INTEGER PRIMARY KEY, record INTEGER NOT NULL, key TEXT NOT NULL);
INSERT INTO entry VALUES (13194139533312, 1, 'müller');
INSERT INTO entry VALUES (21990232555520, 1, '2026');
INSERT INTO entry VALUES (30786325577728, 2, 'jane');
CREATE TABLE ordering (
    order_index INTEGER NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (order_index, key, id)
) WITHOUT ROWID;
INSERT INTO ordering VALUES (1, 'müller', '1', 13194139533312);
INSERT INTO ordering VALUES (2, '2026', '1', 21990232555520);
INSERT INTO ordering VALUES (3, 'jane', '2', 30786325577728);
CREATE TABLE posting (term INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (term, position)) WITHOUT ROWID;
INSERT INTO posting VALUES (-1, 13194139533312);
INSERT INTO posting VALUES (-1, 21990232555520);
INSERT INTO posting VALUES (1524106177395231737, 13194139533312);
INSERT INTO posting VALUES (1524106177395231737, 21990232555520);
CREATE VIRTUAL TABLE word USING fts5 (
    words, content='', columnsize=0, detail=none, prefix='1 2 3 4 5', tokenize="ascii tokenchars '!""#$%&''()*+,-./:;<=>?@[\]^_`{|}~'"
);
DELETE FROM word_data;
INSERT INTO word_data VALUES (1, X'0101');
INSERT INTO word_data VALUES (10, X'000000020101010001010101');
INSERT INTO word_data VALUES (137438953473, X'0000005908306DC3BC6C6C6572838080808080000002316D838080808080000004326DC3BC838080808080000005336DC3BC6C838080808080000006346DC3BC6C6C838080808080000007356DC3BC6C6C658380808080800004100B0D0E0F');
DELETE FROM word_idx;
INSERT INTO word_idx VALUES (1, X'', 2);
DELETE FROM word_config;
INSERT INTO word_config VALUES ('hashsize', 16000000);
INSERT INTO word_config VALUES ('usermerge', 2);
INSERT INTO word_config VALUES ('version', 4);
CREATE TABLE unique_key (
    workspace INTEGER NOT NULL REFERENCES workspace, key TEXT NOT NULL, record INTEGER NOT NULL,
    PRIMARY KEY (workspace, key)
) WITHOUT ROWID;
INSERT INTO unique_key VALUES (1, 'login/a', 1);
CREATE TABLE reference (
    target INTEGER NOT NULL REFERENCES record, source INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (target, source, name)
) WITHOUT ROWID;
INSERT INTO reference VALUES (1, 2, 'contact');
CREATE TABLE event (
    workspace INTEGER NOT NULL REFERENCES workspace, position INTEGER NOT NULL,
    name TEXT NOT NULL, subject TEXT NOT NULL, at TEXT NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (workspace, position)
) WITHOUT ROWID;
INSERT INTO event VALUES (1, 1, 'added', '1', 'now', X'7B7D');
CREATE TABLE blob (
    workspace INTEGER NOT NULL REFERENCES workspace, digest TEXT NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (workspace, digest)
);
INSERT INTO blob VALUES (1, 'digest', X'006279746573');
CREATE TABLE report_view (name TEXT PRIMARY KEY, sql TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO report_view VALUES ('report_contact', 'CREATE VIEW "report_contact" AS SELECT w.name AS workspace, r.id AS id, json_extract(CASE WHEN json_valid(CAST(r.body AS TEXT)) THEN CAST(r.body AS TEXT) ELSE ''{}'' END, ''$."name"'') AS "name" FROM record AS r JOIN workspace AS w ON w.n = r.workspace WHERE r.kind = ''contact'' AND json_valid(CAST(r.body AS TEXT))');
CREATE VIEW "report_contact" AS SELECT w.name AS workspace, r.id AS id, json_extract(CASE WHEN json_valid(CAST(r.body AS TEXT)) THEN CAST(r.body AS TEXT) ELSE '{}' END, '$."name"') AS "name" FROM record AS r JOIN workspace AS w ON w.n = r.workspace WHERE r.kind = 'contact' AND json_valid(CAST(r.body AS TEXT));
