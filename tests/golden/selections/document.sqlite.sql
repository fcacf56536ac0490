SELECT CAST(('{"document":'||coalesce(
(SELECT ('{"@id":'||json_quote(('/id/organization/'||t1."id"))||coalesce((',"founded":'||CASE WHEN t1."founded" IS NULL THEN nullif('null','null') WHEN (CASE WHEN t1."founded" GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T*' AND t1."founded" NOT GLOB '*/*' THEN substr(t1."founded",1,10) ELSE rtrim(t1."founded",'?~%') END) GLOB '[0-9][0-9][0-9][0-9]' THEN ('{"@type":"xsd:gYear","@value":'||json_quote(CASE WHEN t1."founded" GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T*' AND t1."founded" NOT GLOB '*/*' THEN substr(t1."founded",1,10) ELSE rtrim(t1."founded",'?~%') END)||'}') WHEN (CASE WHEN t1."founded" GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T*' AND t1."founded" NOT GLOB '*/*' THEN substr(t1."founded",1,10) ELSE rtrim(t1."founded",'?~%') END) GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]' THEN ('{"@type":"xsd:gYearMonth","@value":'||json_quote(CASE WHEN t1."founded" GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T*' AND t1."founded" NOT GLOB '*/*' THEN substr(t1."founded",1,10) ELSE rtrim(t1."founded",'?~%') END)||'}') WHEN (CASE WHEN t1."founded" GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T*' AND t1."founded" NOT GLOB '*/*' THEN substr(t1."founded",1,10) ELSE rtrim(t1."founded",'?~%') END) GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]' THEN ('{"@type":"xsd:date","@value":'||json_quote(CASE WHEN t1."founded" GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T*' AND t1."founded" NOT GLOB '*/*' THEN substr(t1."founded",1,10) ELSE rtrim(t1."founded",'?~%') END)||'}') END),'')||',"name":{"@value":'||json_quote(t1."name")||coalesce((',"@language":'||nullif(json_quote(t1."language"),'null')),'')||'}'||coalesce((',"latitude":'||nullif(json_quote(t1."latitude"),'null')),'')||coalesce((',"parent":'||CASE WHEN t1."parent" IS NOT NULL THEN ('{"@id":'||json_quote(('/id/organization/'||t1."parent"))||'}') END),'')||',"spells":['||coalesce(
(SELECT group_concat(('{"from_earliest":'||json_quote(t2."from_earliest")||',"to_latest":'||json_quote(t2."to_latest")||',"undated":'||CASE WHEN t2."undated"=1 THEN 'true' WHEN t2."undated"=0 THEN 'false' END||',"membership":'||json_quote(t2."membership")||'}'),',')
 FROM 
(SELECT t2."from_earliest" AS "from_earliest",t2."to_latest" AS "to_latest",t2."undated" AS "undated",t2."membership" AS "membership"
 FROM "member_spans" t2
 WHERE t2."organization"=t1."id"
 ORDER BY t2."alliance_sort",t2."alliance",t2.spell LIMIT -1) t2),'')||']}')
 FROM "organizations" t1
 WHERE t1."id"=coalesce(
(SELECT r.target
 FROM redirects r
 WHERE r.type='organization' AND r.id=?1),?1)),'null')||',"any":'||coalesce(
(SELECT CASE t3.type WHEN 'alliance' THEN 
(SELECT ('{"name":'||json_quote(t4."name")||'}')
 FROM "alliances" t4
 WHERE t4."id"=coalesce(
(SELECT r.target
 FROM redirects r
 WHERE r.type=t3.type AND r.id=t3.id),t3.id)) END
 FROM 
(SELECT CASE WHEN CAST(?2 AS TEXT)<>'' THEN CAST(?2 AS TEXT) ELSE coalesce(
(SELECT 'alliance'
 FROM "alliances" e
 WHERE e.id=CAST(?3 AS TEXT)),
(SELECT r.type
 FROM redirects r
 WHERE r.id=CAST(?3 AS TEXT)
 ORDER BY r.type LIMIT 1),'') END AS type,CAST(?3 AS TEXT) AS id) t3),'null')||',"many":['||coalesce(
(SELECT group_concat(coalesce(CASE t5.type WHEN 'alliance' THEN 
(SELECT ('{"name":'||json_quote(t6."name")||'}')
 FROM "alliances" t6
 WHERE t6."id"=coalesce(
(SELECT r.target
 FROM redirects r
 WHERE r.type=t5.type AND r.id=t5.id),t5.id)) WHEN 'organization' THEN 
(SELECT ('{"name":'||json_quote(t7."name")||'}')
 FROM "organizations" t7
 WHERE t7."id"=coalesce(
(SELECT r.target
 FROM redirects r
 WHERE r.type=t5.type AND r.id=t5.id),t5.id)) END,'null'),',')
 FROM 
(SELECT CASE WHEN t8.type<>'' THEN t8.type ELSE coalesce(
(SELECT 'alliance'
 FROM "alliances" e
 WHERE e.id=t8.id),
(SELECT 'organization'
 FROM "organizations" e
 WHERE e.id=t8.id),
(SELECT r.type
 FROM redirects r
 WHERE r.id=t8.id
 ORDER BY r.type LIMIT 1),'') END AS type,t8.id AS id
 FROM 
(SELECT json_extract(value,'$[0]') AS type,json_extract(value,'$[1]') AS id
 FROM json_each(?4)
 ORDER BY key LIMIT -1) t8) t5),'')||']}') AS BLOB)
-- examines about 28 rows
