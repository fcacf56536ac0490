SELECT ('{"agreements":'||
(SELECT ('{"nodes":['||coalesce(string_agg(('{"id":'||to_json(t1."id")::text||',"title":'||to_json(t1."title")::text||',"signed":'||coalesce(to_json(t1."signed")::text,'null')||',"parties":'||
(SELECT ('{"nodes":['||coalesce(string_agg(('{"role":'||to_json(upper(replace(t4."role",'-','_')))::text||',"actor":'||coalesce(CASE t4."actor_type" WHEN 'organization' THEN 
(SELECT ('{"__typename":"Organization","name":'||to_json(t5."name")::text||',"country":'||coalesce(
(SELECT ('{"code":'||to_json(t6."code")::text||'}')
 FROM "countries" t6
 WHERE t6."id"=t5."country"),'null')||'}')
 FROM "organizations" t5
 WHERE t5."id"=t4."actor") WHEN 'alliance' THEN 
(SELECT ('{"__typename":"Alliance","name":'||to_json(t7."name")::text||'}')
 FROM "alliances" t7
 WHERE t7."id"=t4."actor") END,'null')||'}'),','),'')||']}')
 FROM 
(SELECT t4."role" AS "role",t4."actor" AS "actor",t4."actor_type" AS "actor_type"
 FROM "parties" t4
 WHERE t4."agreement"=t1."id"
 ORDER BY t4."actor_sort",t4."id" LIMIT $1) t4)||',"claims":['||coalesce(
(SELECT string_agg(('{"source":'||coalesce(
(SELECT ('{"id":'||to_json(t9."id")::text||',"url":'||to_json(t9."url")::text||',"title":'||to_json(t9."title")::text||'}')
 FROM "sources" t9
 WHERE t9."id"=t8."source"),'null')||'}'),',')
 FROM 
(SELECT t8."source" AS "source"
 FROM "claims" t8
 WHERE t8."record"=t1."id" AND t8."record_type"='agreement'
 ORDER BY t8."column",t8."id" LIMIT $1) t8),'')||']}'),','),'')||']}')
 FROM 
(SELECT t1."id" AS "id",t1."title" AS "title",t1."signed" AS "signed"
 FROM "agreements" t1
 WHERE ((t1."signed_sort">=$2 AND t1."signed_sort"<=$3 AND t1."signed_latest"<=$3) AND t1."id" IN 
(SELECT t2."agreement"
 FROM "parties" t2
 WHERE t2."agreement" IS NOT NULL AND (t2."actor_type"='organization' AND t2."actor" IN 
(SELECT t3."id"
 FROM "organizations" t3
 WHERE (t3."country"=$4)))))
 ORDER BY t1."title_sort",t1."id" LIMIT $5) t1)||'}')
-- examines about 42 rows
