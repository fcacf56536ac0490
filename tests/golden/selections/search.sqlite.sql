SELECT CAST(('{"search":'||
(SELECT ('{"totalCount":'||
(SELECT count(*)
 FROM 
(SELECT e.type,e.id,e.label,e.sort,CASE WHEN instr(' | '||e.name||' | '||e.alias||' | ',?1)>0 THEN 1 WHEN e.entry IN 
(SELECT rowid
 FROM "search_index"
 WHERE "search_index" MATCH ?2) THEN 2 WHEN e.entry IN 
(SELECT rowid
 FROM "search_index"
 WHERE "search_index" MATCH ?3) THEN 3 ELSE 4 END AS rank
 FROM "search_index" CROSS JOIN "search_entries" e ON e.entry="search_index".rowid
 WHERE "search_index" MATCH ?4 AND e.type IN 
(SELECT value
 FROM json_each(?5))) t1)||',"nodes":['||coalesce(group_concat(('{"highlight":0:['||json_quote(t1."label")||','||coalesce(CASE t1."type" WHEN 'country' THEN 
(SELECT ('['||json_quote(t2."name")||',null]')
 FROM "countries" t2
 WHERE t2."id"=t1."id") WHEN 'concept' THEN 
(SELECT ('['||json_quote(t3."label")||','||json_quote(t3."definition")||',null]')
 FROM "concepts" t3
 WHERE t3."id"=t1."id") WHEN 'source' THEN 
(SELECT ('['||json_quote(t4."title")||','||json_quote(t4."publisher")||',null]')
 FROM "sources" t4
 WHERE t4."id"=t1."id") WHEN 'organization' THEN 
(SELECT ('['||json_quote(t5."name")||','||json_quote(t5."acronym")||','||json_quote(t5."city")||',['||coalesce(
(SELECT group_concat(json_quote(t6."text"),',')
 FROM "names" t6
 WHERE t6."subject"=t5."id"),'')||'],['||coalesce(
(SELECT group_concat(json_quote(t7."value"),',')
 FROM "identifiers" t7
 WHERE t7."subject"=t5."id"),'')||'],null]')
 FROM "organizations" t5
 WHERE t5."id"=t1."id") WHEN 'alliance' THEN 
(SELECT (('['||json_quote(t8."name")||','||json_quote(t8."acronym")||','||json_quote(t8."scope")||',['||coalesce(
(SELECT group_concat(json_quote(t9.value),',')
 FROM 
(SELECT t9.value
 FROM "alliance_objectives" t9
 WHERE t9."alliance"=t8."id"
 ORDER BY t9.value LIMIT -1) t9),'')||'],['||coalesce(
(SELECT group_concat(json_quote(t10."text"),',')
 FROM "names" t10
 WHERE t10."subject"=t8."id"),'')||'],['||coalesce(
(SELECT group_concat(json_quote(t11."value"),',')
 FROM "identifiers" t11
 WHERE t11."subject"=t8."id"),''))||'],null]')
 FROM "alliances" t8
 WHERE t8."id"=t1."id") WHEN 'agreement' THEN 
(SELECT ('['||json_quote(t12."title")||','||json_quote(t12."place")||','||json_quote(t12."summary")||',null]')
 FROM "agreements" t12
 WHERE t12."id"=t1."id") WHEN 'event' THEN 
(SELECT ('['||json_quote(t13."name")||','||json_quote(t13."place")||','||json_quote(t13."summary")||',null]')
 FROM "events" t13
 WHERE t13."id"=t1."id") WHEN 'official' THEN 
(SELECT ('['||json_quote(t14."name")||','||json_quote(t14."title")||',null]')
 FROM "officials" t14
 WHERE t14."id"=t1."id") END,'null')||'],"rank":'||t1."rank"||',"record":'||coalesce(CASE t1."type" WHEN 'alliance' THEN 
(SELECT ('{"id":'||json_quote(t15."id")||',"name":'||json_quote(t15."name")||'}')
 FROM "alliances" t15
 WHERE t15."id"=t1."id") WHEN 'agreement' THEN 
(SELECT ('{"id":'||json_quote(t16."id")||',"title":'||json_quote(t16."title")||'}')
 FROM "agreements" t16
 WHERE t16."id"=t1."id") END,'null')||'}'),','),'')||']}')
 FROM 
(SELECT t1."id" AS "id",t1."type" AS "type",t1."label" AS "label",t1."rank" AS "rank"
 FROM 
(SELECT e.type,e.id,e.label,e.sort,CASE WHEN instr(' | '||e.name||' | '||e.alias||' | ',?1)>0 THEN 1 WHEN e.entry IN 
(SELECT rowid
 FROM "search_index"
 WHERE "search_index" MATCH ?2) THEN 2 WHEN e.entry IN 
(SELECT rowid
 FROM "search_index"
 WHERE "search_index" MATCH ?3) THEN 3 ELSE 4 END AS rank
 FROM "search_index" CROSS JOIN "search_entries" e ON e.entry="search_index".rowid
 WHERE "search_index" MATCH ?4 AND e.type IN 
(SELECT value
 FROM json_each(?5))) t1
 ORDER BY t1.rank,t1.sort,t1.type,t1.id LIMIT ?6) t1)||'}') AS BLOB)
-- examines about 1240 rows
