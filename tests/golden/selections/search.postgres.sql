SELECT ('{"search":'||
(SELECT ('{"totalCount":'||(
(SELECT count(*)
 FROM 
(SELECT e.type,e.id,e.label,e.sort,CASE WHEN strpos(' | '||e.name||' | '||e.alias||' | ',$1)>0 THEN 1 WHEN e.name_vector @@ $2::tsquery THEN 2 WHEN e.alias_vector @@ $3::tsquery THEN 3 ELSE 4 END AS rank
 FROM "search_entries" e
 WHERE e.all_vector @@ $4::tsquery AND e.type=ANY($5)) t1))::text||',"nodes":['||coalesce(string_agg(('{"highlight":0:['||to_json(t1."label")::text||','||coalesce(CASE t1."type" WHEN 'country' THEN 
(SELECT ('['||to_json(t2."name")::text||',null]')
 FROM "countries" t2
 WHERE t2."id"=t1."id") WHEN 'concept' THEN 
(SELECT ('['||to_json(t3."label")::text||','||to_json(t3."definition")::text||',null]')
 FROM "concepts" t3
 WHERE t3."id"=t1."id") WHEN 'source' THEN 
(SELECT ('['||to_json(t4."title")::text||','||coalesce(to_json(t4."publisher")::text,'null')||',null]')
 FROM "sources" t4
 WHERE t4."id"=t1."id") WHEN 'organization' THEN 
(SELECT ('['||to_json(t5."name")::text||','||coalesce(to_json(t5."acronym")::text,'null')||','||coalesce(to_json(t5."city")::text,'null')||',['||coalesce(
(SELECT string_agg(to_json(t6."text")::text,',')
 FROM "names" t6
 WHERE t6."subject"=t5."id"),'')||'],['||coalesce(
(SELECT string_agg(to_json(t7."value")::text,',')
 FROM "identifiers" t7
 WHERE t7."subject"=t5."id"),'')||'],null]')
 FROM "organizations" t5
 WHERE t5."id"=t1."id") WHEN 'alliance' THEN 
(SELECT (('['||to_json(t8."name")::text||','||coalesce(to_json(t8."acronym")::text,'null')||','||coalesce(to_json(t8."scope")::text,'null')||',['||coalesce(
(SELECT string_agg(to_json(t9.value)::text,',')
 FROM 
(SELECT t9.value
 FROM "alliance_objectives" t9
 WHERE t9."alliance"=t8."id"
 ORDER BY t9.value) t9),'')||'],['||coalesce(
(SELECT string_agg(to_json(t10."text")::text,',')
 FROM "names" t10
 WHERE t10."subject"=t8."id"),'')||'],['||coalesce(
(SELECT string_agg(to_json(t11."value")::text,',')
 FROM "identifiers" t11
 WHERE t11."subject"=t8."id"),''))||'],null]')
 FROM "alliances" t8
 WHERE t8."id"=t1."id") WHEN 'agreement' THEN 
(SELECT ('['||to_json(t12."title")::text||','||coalesce(to_json(t12."place")::text,'null')||','||coalesce(to_json(t12."summary")::text,'null')||',null]')
 FROM "agreements" t12
 WHERE t12."id"=t1."id") WHEN 'event' THEN 
(SELECT ('['||to_json(t13."name")::text||','||coalesce(to_json(t13."place")::text,'null')||','||coalesce(to_json(t13."summary")::text,'null')||',null]')
 FROM "events" t13
 WHERE t13."id"=t1."id") WHEN 'official' THEN 
(SELECT ('['||to_json(t14."name")::text||','||to_json(t14."title")::text||',null]')
 FROM "officials" t14
 WHERE t14."id"=t1."id") END,'null')||'],"rank":'||(t1."rank")::text||',"record":'||coalesce(CASE t1."type" WHEN 'alliance' THEN 
(SELECT ('{"id":'||to_json(t15."id")::text||',"name":'||to_json(t15."name")::text||'}')
 FROM "alliances" t15
 WHERE t15."id"=t1."id") WHEN 'agreement' THEN 
(SELECT ('{"id":'||to_json(t16."id")::text||',"title":'||to_json(t16."title")::text||'}')
 FROM "agreements" t16
 WHERE t16."id"=t1."id") END,'null')||'}'),','),'')||']}')
 FROM 
(SELECT t1."id" AS "id",t1."type" AS "type",t1."label" AS "label",t1."rank" AS "rank"
 FROM 
(SELECT e.type,e.id,e.label,e.sort,CASE WHEN strpos(' | '||e.name||' | '||e.alias||' | ',$1)>0 THEN 1 WHEN e.name_vector @@ $2::tsquery THEN 2 WHEN e.alias_vector @@ $3::tsquery THEN 3 ELSE 4 END AS rank
 FROM "search_entries" e
 WHERE e.all_vector @@ $4::tsquery AND e.type=ANY($5)) t1
 ORDER BY t1.rank,t1.sort,t1.type,t1.id LIMIT $6) t1)||'}')
-- examines about 1240 rows
