CREATE SCHEMA contactcore;
CREATE FUNCTION contactcore.json_of(body bytea) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN convert_from(body, 'UTF8')::jsonb;
EXCEPTION WHEN data_exception OR invalid_text_representation OR program_limit_exceeded THEN
    RETURN NULL;
END $$;
CREATE FUNCTION contactcore.remove_due(ws text, kinds text[], names text[], keys text[], ids text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    FOR step IN 1..cardinality(kinds) LOOP
        DELETE FROM "contactcore".due t WHERE t.workspace = ws AND t.kind = kinds[step] AND t.name = names[step] AND t.key = keys[step] AND t.id = ids[step];
    END LOOP;
END $$;
CREATE FUNCTION contactcore.remove_posting(ws text, lists bigint[], keys text[], ids text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    FOR step IN 1..cardinality(lists) LOOP
        DELETE FROM "contactcore".posting t WHERE t.workspace = ws AND t.list = lists[step] AND t.key = keys[step] AND t.id = ids[step];
    END LOOP;
END $$;
CREATE FUNCTION contactcore.remove_reference(ws text, to_kinds text[], to_ids text[], kinds text[], ids text[], names text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    FOR step IN 1..cardinality(to_kinds) LOOP
        DELETE FROM "contactcore".reference t WHERE t.workspace = ws AND t.to_kind = to_kinds[step] AND t.to_id = to_ids[step] AND t.kind = kinds[step] AND t.id = ids[step] AND t.name = names[step];
    END LOOP;
END $$;
CREATE FUNCTION contactcore.remove_unique_key(ws text, keys text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    FOR step IN 1..cardinality(keys) LOOP
        DELETE FROM "contactcore".unique_key t WHERE t.workspace = ws AND t.key = keys[step];
    END LOOP;
END $$;
CREATE FUNCTION contactcore.remove_word(ws text, kinds text[], words text[], ids text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    FOR step IN 1..cardinality(kinds) LOOP
        DELETE FROM "contactcore".word t WHERE t.workspace = ws AND t.kind = kinds[step] AND t.word = words[step] AND t.id = ids[step];
    END LOOP;
END $$;
CREATE FUNCTION contactcore.set_access(ws text, kinds text[], ids text[], wanted text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    FOR step IN 1..cardinality(kinds) LOOP
        UPDATE "contactcore".record r SET access = wanted WHERE r.workspace = ws AND r.kind = kinds[step] AND r.id = ids[step];
    END LOOP;
END $$;
CREATE FUNCTION contactcore.workspaces(beyond text, most bigint, before text) RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'contactcore', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
BEGIN
    SET LOCAL contactcore.listing = 'on';
    IF before IS NULL THEN
        RETURN QUERY SELECT w.workspace FROM workspace w WHERE w.workspace > beyond COLLATE "C"
            ORDER BY w.workspace LIMIT most;
    ELSE
        RETURN QUERY SELECT w.workspace FROM workspace w WHERE w.workspace > beyond COLLATE "C" AND EXISTS (
            SELECT 1 FROM due d WHERE d.workspace = w.workspace AND d.key < before COLLATE "C")
            ORDER BY w.workspace LIMIT most;
    END IF;
    SET LOCAL contactcore.listing = 'off';
END $$;
CREATE TABLE contactcore.blob (
    workspace text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    data bytea NOT NULL
);
ALTER TABLE ONLY contactcore.blob ALTER COLUMN digest SET STATISTICS 0;
ALTER TABLE ONLY contactcore.blob ALTER COLUMN data SET STATISTICS 0;
ALTER TABLE ONLY contactcore.blob ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE ONLY contactcore.blob FORCE ROW LEVEL SECURITY;
CREATE TABLE contactcore.due (
    workspace text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY contactcore.due ALTER COLUMN key SET STATISTICS 0;
ALTER TABLE ONLY contactcore.due FORCE ROW LEVEL SECURITY;
CREATE TABLE contactcore.event (
    workspace text NOT NULL COLLATE pg_catalog."C",
    "position" bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    at text NOT NULL COLLATE pg_catalog."C",
    data bytea NOT NULL
);
ALTER TABLE ONLY contactcore.event ALTER COLUMN subject SET STATISTICS 0;
ALTER TABLE ONLY contactcore.event ALTER COLUMN data SET STATISTICS 0;
ALTER TABLE ONLY contactcore.event FORCE ROW LEVEL SECURITY;
CREATE TABLE contactcore.installed (
    number bigint NOT NULL,
    secret bytea NOT NULL,
    views jsonb NOT NULL,
    kinds text DEFAULT '{}'::text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY contactcore.installed FORCE ROW LEVEL SECURITY;
CREATE TABLE contactcore.posting (
    workspace text NOT NULL COLLATE pg_catalog."C",
    list bigint NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY contactcore.posting ALTER COLUMN key SET STATISTICS 0;
ALTER TABLE ONLY contactcore.posting FORCE ROW LEVEL SECURITY;
CREATE TABLE contactcore.record (
    workspace text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    owner text NOT NULL COLLATE pg_catalog."C",
    card bytea NOT NULL,
    access text[] NOT NULL COLLATE pg_catalog."C",
    terms text[] NOT NULL COLLATE pg_catalog."C",
    words text[] NOT NULL COLLATE pg_catalog."C",
    keys text[] NOT NULL COLLATE pg_catalog."C",
    orders jsonb NOT NULL,
    refers jsonb NOT NULL,
    body bytea NOT NULL
);
ALTER TABLE ONLY contactcore.record ALTER COLUMN card SET STATISTICS 0;
ALTER TABLE ONLY contactcore.record ALTER COLUMN access SET STATISTICS 0;
ALTER TABLE ONLY contactcore.record ALTER COLUMN terms SET STATISTICS 0;
ALTER TABLE ONLY contactcore.record ALTER COLUMN words SET STATISTICS 0;
ALTER TABLE ONLY contactcore.record ALTER COLUMN keys SET STATISTICS 0;
ALTER TABLE ONLY contactcore.record ALTER COLUMN orders SET STATISTICS 0;
ALTER TABLE ONLY contactcore.record ALTER COLUMN refers SET STATISTICS 0;
ALTER TABLE ONLY contactcore.record ALTER COLUMN body SET STATISTICS 0;
ALTER TABLE ONLY contactcore.record FORCE ROW LEVEL SECURITY;
CREATE TABLE contactcore.reference (
    workspace text NOT NULL COLLATE pg_catalog."C",
    to_kind text NOT NULL COLLATE pg_catalog."C",
    to_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY contactcore.reference FORCE ROW LEVEL SECURITY;
CREATE VIEW contactcore.report_contact WITH (security_invoker='true') AS
 SELECT r.workspace,
    r.id,
    (b.body #>> '{name}'::text[]) AS name
   FROM (contactcore.record r
     CROSS JOIN LATERAL ( SELECT contactcore.json_of(r.body) AS body
         OFFSET 0) b)
  WHERE ((r.kind = 'contact'::text) AND (b.body IS NOT NULL));
CREATE TABLE contactcore.unique_key (
    workspace text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY contactcore.unique_key ALTER COLUMN key SET STATISTICS 0;
ALTER TABLE ONLY contactcore.unique_key FORCE ROW LEVEL SECURITY;
CREATE TABLE contactcore.word (
    workspace text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    word text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY contactcore.word ALTER COLUMN word SET STATISTICS 0;
ALTER TABLE ONLY contactcore.word FORCE ROW LEVEL SECURITY;
CREATE TABLE contactcore.workspace (
    workspace text NOT NULL COLLATE pg_catalog."C",
    feed bigint DEFAULT 0 NOT NULL,
    CONSTRAINT workspace_workspace_check CHECK ((workspace <> ''::text))
);
ALTER TABLE ONLY contactcore.workspace FORCE ROW LEVEL SECURITY;
INSERT INTO contactcore.blob VALUES ('acme', 'digest', '\x006279746573');
INSERT INTO contactcore.due VALUES ('acme', 'contact', 'due', '2026', '1');
INSERT INTO contactcore.event VALUES ('acme', 1, 'added', '1', 'now', '\x7b7d');
INSERT INTO contactcore.installed VALUES (5, '\x2a722114fddd630cc5f05072ec3313d77f7a227be124f2dd6dd71e429f29b3e2', '{"report_contact": "CREATE VIEW \"report_contact\" WITH (security_invoker = true) AS SELECT r.workspace, r.id, b.body #>> ''{name}'' AS \"name\" FROM record r CROSS JOIN LATERAL (SELECT json_of(r.body) AS body OFFSET 0) b WHERE r.kind = ''contact'' AND b.body IS NOT NULL"}', '{"contact": [[["name", ["tag:"], true, false], ["due", null, false, true]], {}], "person": [[["name", null, false, false]], {"contact": "contact"}]}');
INSERT INTO contactcore.posting VALUES ('acme', 229407418522900108, '2026', '1');
INSERT INTO contactcore.posting VALUES ('acme', 551669733180516365, 'müller', '1');
INSERT INTO contactcore.posting VALUES ('acme', 811503359943535560, '2026', '1');
INSERT INTO contactcore.posting VALUES ('acme', 5889020208497843395, 'müller', '1');
INSERT INTO contactcore.posting VALUES ('acme', 6473377426507407751, 'müller', '1');
INSERT INTO contactcore.posting VALUES ('acme', 6728067915002355462, '2026', '1');
INSERT INTO contactcore.posting VALUES ('acme', 8864812410914317712, 'jane', '2');
INSERT INTO contactcore.record VALUES ('acme', 'contact', '1', 3, '', '\x7b226e223a20317d', '{visible:*}', '{tag:vip}', '{müller}', '{login/a}', '{"due": "2026", "name:fr": "müller"}', '{}', '\x7b226e616d65223a20224dc3bc6c6c657220f09f9880227d');
INSERT INTO contactcore.record VALUES ('acme', 'person', '2', 1, '1', '\x7b7d', '{}', '{}', '{}', '{}', '{"name": "jane"}', '{"contact": "1"}', '\x7b7d');
INSERT INTO contactcore.reference VALUES ('acme', 'contact', '1', 'person', '2', 'contact');
INSERT INTO contactcore.unique_key VALUES ('acme', 'login/a', 'contact', '1');
INSERT INTO contactcore.word VALUES ('acme', 'contact', 'müller', '1');
INSERT INTO contactcore.workspace VALUES ('acme', 1);
ALTER TABLE ONLY contactcore.blob
    ADD CONSTRAINT blob_pkey PRIMARY KEY (workspace, digest);
ALTER TABLE ONLY contactcore.due
    ADD CONSTRAINT due_pkey PRIMARY KEY (workspace, kind, name, key, id);
ALTER TABLE ONLY contactcore.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (workspace, "position");
ALTER TABLE ONLY contactcore.posting
    ADD CONSTRAINT posting_pkey PRIMARY KEY (workspace, list, key, id);
ALTER TABLE ONLY contactcore.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (workspace, kind, id);
ALTER TABLE ONLY contactcore.reference
    ADD CONSTRAINT reference_pkey PRIMARY KEY (workspace, to_kind, to_id, kind, id, name);
ALTER TABLE ONLY contactcore.unique_key
    ADD CONSTRAINT unique_key_pkey PRIMARY KEY (workspace, key);
ALTER TABLE ONLY contactcore.word
    ADD CONSTRAINT word_pkey PRIMARY KEY (workspace, kind, word, id);
ALTER TABLE ONLY contactcore.workspace
    ADD CONSTRAINT workspace_pkey PRIMARY KEY (workspace);
CREATE INDEX due_key ON contactcore.due USING btree (workspace, key);
CREATE INDEX record_owner ON contactcore.record USING btree (workspace, kind, owner) WHERE (owner <> ''::text);
CREATE POLICY all_of_it ON contactcore.installed USING (true);
ALTER TABLE contactcore.blob ENABLE ROW LEVEL SECURITY;
ALTER TABLE contactcore.due ENABLE ROW LEVEL SECURITY;
ALTER TABLE contactcore.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE contactcore.installed ENABLE ROW LEVEL SECURITY;
CREATE POLICY listing ON contactcore.due FOR SELECT TO CURRENT_USER USING ((current_setting('contactcore.listing'::text, true) = 'on'::text));
CREATE POLICY listing ON contactcore.workspace FOR SELECT TO CURRENT_USER USING ((current_setting('contactcore.listing'::text, true) = 'on'::text));
ALTER TABLE contactcore.posting ENABLE ROW LEVEL SECURITY;
ALTER TABLE contactcore.record ENABLE ROW LEVEL SECURITY;
ALTER TABLE contactcore.reference ENABLE ROW LEVEL SECURITY;
CREATE POLICY seal ON contactcore.blob USING ((workspace = NULLIF(current_setting('contactcore.workspace'::text, true), ''::text)));
CREATE POLICY seal ON contactcore.due USING ((workspace = NULLIF(current_setting('contactcore.workspace'::text, true), ''::text)));
CREATE POLICY seal ON contactcore.event USING ((workspace = NULLIF(current_setting('contactcore.workspace'::text, true), ''::text)));
CREATE POLICY seal ON contactcore.posting USING ((workspace = NULLIF(current_setting('contactcore.workspace'::text, true), ''::text)));
CREATE POLICY seal ON contactcore.record USING ((workspace = NULLIF(current_setting('contactcore.workspace'::text, true), ''::text)));
CREATE POLICY seal ON contactcore.reference USING ((workspace = NULLIF(current_setting('contactcore.workspace'::text, true), ''::text)));
CREATE POLICY seal ON contactcore.unique_key USING ((workspace = NULLIF(current_setting('contactcore.workspace'::text, true), ''::text)));
CREATE POLICY seal ON contactcore.word USING ((workspace = NULLIF(current_setting('contactcore.workspace'::text, true), ''::text)));
CREATE POLICY seal ON contactcore.workspace USING ((workspace = NULLIF(current_setting('contactcore.workspace'::text, true), ''::text)));
ALTER TABLE contactcore.unique_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE contactcore.word ENABLE ROW LEVEL SECURITY;
ALTER TABLE contactcore.workspace ENABLE ROW LEVEL SECURITY;
