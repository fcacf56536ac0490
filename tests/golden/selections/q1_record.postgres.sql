SELECT ('{"alliance":'||coalesce(
(SELECT ('{"id":'||to_json(t1."id")::text||',"name":'||to_json(t1."name")::text||',"kind":'||to_json(upper(replace(t1."kind",'-','_')))::text||',"founded":'||coalesce(to_json(t1."founded")::text,'null')||',"website":'||coalesce(to_json(t1."website")::text,'null')||'}')
 FROM "alliances" t1
 WHERE t1."id"=coalesce(
(SELECT r.target
 FROM redirects r
 WHERE r.type='alliance' AND r.id=$1),$1)),'null')||'}')
-- examines about 2 rows
