SELECT CAST(('{"alliance":'||coalesce(
(SELECT (('{"names":['||coalesce(
(SELECT group_concat(('{"text":'||json_quote(t2."text")||',"language":'||json_quote(t2."language")||',"kind":'||json_quote(t2."kind")||'}'),',')
 FROM 
(SELECT t2."text" AS "text",t2."language" AS "language",t2."kind" AS "kind"
 FROM "names" t2
 WHERE t2."subject"=t1."id"
 ORDER BY t2."position" LIMIT -1) t2),'')||'],"identifiers":['||coalesce(
(SELECT group_concat(('{"scheme":'||json_quote(upper(replace(t3."scheme",'-','_')))||',"value":'||json_quote(t3."value")||',"url":'||coalesce(CASE t3."scheme" WHEN 'ror' THEN json_quote(('https://ror.org/'||t3."value")) END,'null')||'}'),',')
 FROM 
(SELECT t3."scheme" AS "scheme",t3."value" AS "value"
 FROM "identifiers" t3
 WHERE t3."subject"=t1."id"
 ORDER BY t3."position" LIMIT -1) t3),'')||'],"objectives":['||coalesce(
(SELECT group_concat(json_quote(t4.value),',')
 FROM 
(SELECT t4.value
 FROM "alliance_objectives" t4
 WHERE t4."alliance"=t1."id"
 ORDER BY t4.value LIMIT -1) t4),'')||'],"formerIds":['||coalesce(
(SELECT group_concat(json_quote(t5.id),',')
 FROM 
(SELECT t5.id
 FROM redirects t5
 WHERE t5.type='alliance' AND t5.target=t1."id"
 ORDER BY t5.id LIMIT -1) t5),'')||'],"members":'||
(SELECT ('{"totalCount":'||
(SELECT count(*)
 FROM "member_spans" t7
 WHERE t7."alliance"=t1."id" AND t7.undated=0 AND t7.from_earliest<=?1 AND t7.to_latest>=?2 AND (t7."spell"=1 OR NOT EXISTS 
(SELECT 1
 FROM "member_spans" t8
 WHERE t8."alliance"=t7."alliance" AND t8."organization"=t7."organization" AND t8.spell<t7."spell" AND t8.undated=0 AND t8.from_earliest<=?1 AND t8.to_latest>=?2)))||',"undatedCount":'||
(SELECT count(*)
 FROM "member_spans" t7
 WHERE t7."alliance"=t1."id" AND t7.undated=1 AND t7.from_earliest<=?1 AND t7.to_latest>=?2 AND NOT EXISTS 
(SELECT 1
 FROM "member_spans" t8
 WHERE t8."alliance"=t7."alliance" AND t8."organization"=t7."organization" AND t8.undated=0 AND t8.from_earliest<=?1 AND t8.to_latest>=?2) AND NOT EXISTS 
(SELECT 1
 FROM "member_spans" t8
 WHERE t8."alliance"=t7."alliance" AND t8."organization"=t7."organization" AND t8.undated=1 AND t8.spell<t7.spell AND t8.from_earliest<=?1 AND t8.to_latest>=?2))||',"pageInfo":{"hasNextPage":'||CASE WHEN EXISTS 
(SELECT 1
 FROM "member_spans" t7
 WHERE t7."alliance"=t1."id" AND t7.undated=0 AND t7.from_earliest<=?1 AND t7.to_latest>=?2 AND (t7."spell"=1 OR NOT EXISTS 
(SELECT 1
 FROM "member_spans" t8
 WHERE t8."alliance"=t7."alliance" AND t8."organization"=t7."organization" AND t8.spell<t7."spell" AND t8.undated=0 AND t8.from_earliest<=?1 AND t8.to_latest>=?2)) LIMIT 1 OFFSET ?3) THEN 'true' ELSE 'false' END||',"endCursor":'||coalesce(('"64282ACA'||substr(group_concat(hex((t6."~0"||''||t6."~1")),','),length(rtrim(group_concat(hex((t6."~0"||''||t6."~1")),','),'0123456789ABCDEF'))+1)||'"'),'null')||'},"nodes":['||coalesce(group_concat(('{"id":'||json_quote(t6."id")||',"name":'||json_quote(t6."name")||',"location":'||coalesce(CASE WHEN t6."latitude" IS NOT NULL AND t6."longitude" IS NOT NULL THEN ('{"latitude":'||coalesce(t6."latitude",'null')||',"longitude":'||coalesce(t6."longitude",'null')||'}') END,'null')||'}'),','),'')||']}')
 FROM 
(SELECT t6."id" AS "id",t6."name" AS "name",t6."latitude" AS "latitude",t6."longitude" AS "longitude",t7."organization_sort" AS "~0",t7."organization" AS "~1"
 FROM "member_spans" t7 CROSS JOIN "organizations" t6 ON t6."id"=t7."organization"
 WHERE t7."alliance"=t1."id" AND t7.undated=0 AND t7.from_earliest<=?1 AND t7.to_latest>=?2 AND (t7."spell"=1 OR NOT EXISTS 
(SELECT 1
 FROM "member_spans" t8
 WHERE t8."alliance"=t7."alliance" AND t8."organization"=t7."organization" AND t8.spell<t7."spell" AND t8.undated=0 AND t8.from_earliest<=?1 AND t8.to_latest>=?2))
 ORDER BY t7."organization_sort",t7."organization" LIMIT ?3) t6)||',"memberships":'||
(SELECT ('{"undated":'||
(SELECT count(*)
 FROM "memberships" t9
 WHERE t9."alliance"=t1."id" AND (t9."role" IN 
(SELECT value
 FROM json_each(?4))) AND (t9."since" IS NULL AND NOT (t9."role"='founding_member' AND 
(SELECT t12."founded_earliest"
 FROM "alliances" t12
 WHERE t12.id=t9."alliance") IS NOT NULL)) AND (coalesce(t9."since_earliest",
(SELECT t13."founded_earliest"
 FROM "alliances" t13
 WHERE t13.id=t9."alliance"),'0000-01-01')<=?1 AND CASE WHEN t9."until" IS NOT NULL THEN t9."until_latest">=?2 WHEN t9."ended"=1 THEN (
(SELECT r.value
 FROM release r
 WHERE r.key='date')>?2 OR coalesce(t9."since_earliest",
(SELECT t13."founded_earliest"
 FROM "alliances" t13
 WHERE t13.id=t9."alliance"),'0000-01-01')>=?2) ELSE 1=1 END))||',"edges":['||coalesce(group_concat(('{"cursor":"01713F1C'||hex((t9."~0"||''||t9."~1"))||'","node":{"id":'||json_quote(t9."id")||',"since":'||json_quote(t9."since")||',"until":'||json_quote(t9."until")||',"role":'||json_quote(upper(replace(t9."role",'-','_')))||'}}'),','),'')||']}')
 FROM 
(SELECT t9."id" AS "id",t9."since" AS "since",t9."until" AS "until",t9."role" AS "role",t9."organization_sort" AS "~0",t9."id" AS "~1"
 FROM "memberships" t9
 WHERE t9."alliance"=t1."id" AND (t9."role" IN 
(SELECT value
 FROM json_each(?4)) AND (NOT (t9."since" IS NULL AND NOT (t9."role"='founding_member' AND 
(SELECT t10."founded_earliest"
 FROM "alliances" t10
 WHERE t10.id=t9."alliance") IS NOT NULL)) AND (coalesce(t9."since_earliest",
(SELECT t11."founded_earliest"
 FROM "alliances" t11
 WHERE t11.id=t9."alliance"),'0000-01-01')<=?1 AND CASE WHEN t9."until" IS NOT NULL THEN t9."until_latest">=?2 WHEN t9."ended"=1 THEN (
(SELECT r.value
 FROM release r
 WHERE r.key='date')>?2 OR coalesce(t9."since_earliest",
(SELECT t11."founded_earliest"
 FROM "alliances" t11
 WHERE t11.id=t9."alliance"),'0000-01-01')>=?2) ELSE 1=1 END)))
 ORDER BY t9."organization_sort",t9."id" LIMIT ?3) t9))||(',"claims":['||coalesce(
(SELECT group_concat(('{"value":'||json_quote(t14."value")||',"chosen":'||coalesce(CASE WHEN t14."chosen"=1 THEN 'true' WHEN t14."chosen"=0 THEN 'false' END,'null')||',"reason":'||json_quote(upper(replace(t14."reason",'-','_')))||',"source":'||coalesce(
(SELECT ('{"id":'||json_quote(t15."id")||',"title":'||json_quote(t15."title")||'}')
 FROM "sources" t15
 WHERE t15."id"=t14."source"),'null')||'}'),',')
 FROM 
(SELECT t14."value" AS "value",t14."chosen" AS "chosen",t14."reason" AS "reason",t14."source" AS "source"
 FROM "claims" t14
 WHERE t14."record"=t1."id" AND t14."record_type"='alliance' AND t14."column"=?5
 ORDER BY t14."column",t14."id" LIMIT -1) t14),'')||']}'))
 FROM "alliances" t1
 WHERE t1."id"=coalesce(
(SELECT r.target
 FROM redirects r
 WHERE r.type='alliance' AND r.id=?6),?6)),'null')||'}') AS BLOB)
-- examines about 100 rows
