SELECT CAST(('{"id":'||json_quote(t1."id")||',"label":'||json_quote(t1."label")||coalesce((',"since":'||nullif(json_quote(t1."since"),'null')),'')||coalesce((',"ended":'||CASE WHEN t1."ended"=1 THEN 'true' WHEN t1."ended"=0 THEN 'false' END),'')||coalesce((',"alliance":'||
(SELECT ('{"id":'||json_quote(t2."id")||',"name":'||json_quote(t2."name")||'}')
 FROM "alliances" t2
 WHERE t2."id"=t1."alliance")),'')||'}') AS BLOB)
 FROM "memberships" t1
 ORDER BY t1."organization_sort",t1."id"
-- examines about 91 rows
