SELECT CAST(('{"alliance":'||coalesce(
(SELECT ('{"id":'||json_quote(t1."id")||',"name":'||json_quote(t1."name")||',"kind":'||json_quote(upper(replace(t1."kind",'-','_')))||',"founded":'||json_quote(t1."founded")||',"website":'||json_quote(t1."website")||'}')
 FROM "alliances" t1
 WHERE t1."id"=coalesce(
(SELECT r.target
 FROM redirects r
 WHERE r.type='alliance' AND r.id=?1),?1)),'null')||'}') AS BLOB)
-- examines about 2 rows
