SELECT ('{"id":'||to_json(t1."id")::text||',"label":'||to_json(t1."label")::text||coalesce((',"since":'||to_json(t1."since")::text),'')||coalesce((',"ended":'||CASE WHEN t1."ended"=1 THEN 'true' WHEN t1."ended"=0 THEN 'false' END),'')||coalesce((',"alliance":'||
(SELECT ('{"id":'||to_json(t2."id")::text||',"name":'||to_json(t2."name")::text||'}')
 FROM "alliances" t2
 WHERE t2."id"=t1."alliance")),'')||'}')
 FROM "memberships" t1
 ORDER BY t1."organization_sort",t1."id"
-- examines about 91 rows
