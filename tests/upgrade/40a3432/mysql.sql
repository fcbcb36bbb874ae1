/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `contacts_contacts` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `name` varchar(200) DEFAULT NULL,
  `name_from_profile` tinyint(1) NOT NULL,
  `note` longtext DEFAULT NULL,
  `attributes` longtext NOT NULL,
  `search` varchar(1000) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  `marketing` varchar(16) DEFAULT NULL,
  `marketing_at` datetime(6) DEFAULT NULL,
  `marketing_source` varchar(32) DEFAULT NULL,
  `marketing_detail` varchar(500) DEFAULT NULL,
  `book_name` varchar(200) DEFAULT NULL,
  `book_at` datetime(6) DEFAULT NULL,
  `profile_name` varchar(200) DEFAULT NULL,
  `profile_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`tenant_id`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F865E70488EC29500C33C8155,'Ana Lima',0,'Likes tea','{\"city\":\"Lisbon\"}','ana lima gb.27673070610732 447700900123','2026-11-30 21:14:53.406476','2026-11-30 21:14:53.459555',NULL,NULL,NULL,NULL,NULL,NULL,'Ana','2026-11-30 21:15:05.000000');
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F994E7630B542CB60102A1583,'Ben',1,NULL,'{}','ben gb.35583214481860 447700900124','2026-11-30 21:14:58.256215','2026-11-30 21:15:16.457182','stopped','2026-11-30 21:15:16.000000','whatsapp','asked for it',NULL,NULL,'Ben','2026-11-30 21:14:58.000000');
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FBF0271B480484E519B2D6C81,NULL,1,NULL,'{}','447700900125','2026-11-30 21:15:07.907900','2026-11-30 21:15:07.907900',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FBF2B72339E58501D4C13F929,NULL,1,NULL,'{}','999000131026','2026-11-30 21:15:07.947932','2026-11-30 21:15:07.947932',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FBF9576A39FBEE1F489C36DEE,NULL,1,NULL,'{}','999001131026','2026-11-30 21:15:08.088963','2026-11-30 21:15:08.088963',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FC05F701A9C9A4ECEC143AF0D,NULL,1,NULL,'{}','447700900126','2026-11-30 21:15:08.274586','2026-11-30 21:15:08.274586',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FCC3B72B19216A0143EDCDE1E,'Luz',1,NULL,'{}','luz mx.71925672564876 5215550000009 525550000009','2026-11-30 21:15:11.293068','2026-11-30 21:15:14.200236',NULL,NULL,NULL,NULL,NULL,NULL,'Luz','2026-11-30 21:15:14.000000');
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E50547974D793F85104FC2A1D29,NULL,1,NULL,'{}','447700900200','2026-11-30 21:15:46.169703','2026-11-30 21:15:46.169703',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E50549070E2B1D8C8524C0474E2,NULL,1,NULL,'{}','447700900201','2026-11-30 21:15:46.193045','2026-11-30 21:15:46.193045',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E5054A475EE86D7E908CFAC0751,NULL,1,NULL,'{}','447700900202','2026-11-30 21:15:46.212757','2026-11-30 21:15:46.212757',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E507F9470A293224EF93877AFB2,NULL,1,NULL,'{}','447700900300','2026-11-30 21:15:57.205411','2026-11-30 21:15:57.205411',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E507FB177EF84C192628BECE384,NULL,1,NULL,'{}','447700900301','2026-11-30 21:15:57.234162','2026-11-30 21:15:57.234162',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E507FC87479986F654B1DB82500,NULL,1,NULL,'{}','447700900302','2026-11-30 21:15:57.257336','2026-11-30 21:15:57.257336',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E50895E7503B7637DB6A020073D,NULL,1,NULL,'{}','447700900127','2026-11-30 21:15:59.712893','2026-11-30 21:15:59.712893',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FE98277C8A48B9297308378DE,'Ana Lima',0,'Likes tea','{\"city\":\"Lisbon\"}','ana lima gb.27673070610732 447700900123','2026-11-30 21:15:18.786231','2026-11-30 21:15:18.838392',NULL,NULL,NULL,NULL,NULL,NULL,'Ana','2026-11-30 21:15:30.000000');
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FFB4772599F7FF993B3F7F77D,'Ben',1,NULL,'{}','ben gb.35583214481860 447700900124','2026-11-30 21:15:23.339421','2026-11-30 21:15:41.189011','stopped','2026-11-30 21:15:41.000000','whatsapp','asked for it',NULL,NULL,'Ben','2026-11-30 21:15:23.000000');
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E50215176B7BD72706F5F488E05,NULL,1,NULL,'{}','447700900125','2026-11-30 21:15:33.074248','2026-11-30 21:15:33.074248',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E50216B7798B857A5D075943B75,NULL,1,NULL,'{}','999000131026','2026-11-30 21:15:33.100158','2026-11-30 21:15:33.100158',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E50218A702FA5370323FD83A12D,NULL,1,NULL,'{}','999001131026','2026-11-30 21:15:33.130857','2026-11-30 21:15:33.130857',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5021B873F3B0AC71EAB8898EE5,NULL,1,NULL,'{}','447700900126','2026-11-30 21:15:33.176599','2026-11-30 21:15:33.176599',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E502CF871299B78E8E88BC26309,'Luz',1,NULL,'{}','luz mx.71925672564876 5215550000009 525550000009','2026-11-30 21:15:36.057976','2026-11-30 21:15:38.826557',NULL,NULL,NULL,NULL,NULL,NULL,'Luz','2026-11-30 21:15:38.000000');
INSERT INTO `contacts_contacts` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5089FA7745AD7C925FE2F0F28E,NULL,1,NULL,'{}','447700900127','2026-11-30 21:15:59.867254','2026-11-30 21:15:59.867254',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `contacts_identities` (
  `tenant_id` binary(16) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `scope` varchar(64) NOT NULL,
  `value` varchar(190) NOT NULL,
  `contact_id` binary(16) NOT NULL,
  `learned_at` datetime(6) NOT NULL,
  PRIMARY KEY (`tenant_id`,`kind`,`scope`,`value`),
  KEY `contacts_identities_by_contact_id_learned_at` (`tenant_id`,`contact_id`,`learned_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'bsuid','','GB.27673070610732',0x01A22E4F865E70488EC29500C33C8155,'2026-11-30 21:14:53.458139');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'bsuid','','GB.35583214481860',0x01A22E4F994E7630B542CB60102A1583,'2026-11-30 21:14:58.254761');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'bsuid','','MX.71925672564876',0x01A22E4FCC3B72B19216A0143EDCDE1E,'2026-11-30 21:15:14.197917');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+447700900123',0x01A22E4F865E70488EC29500C33C8155,'2026-11-30 21:14:53.408999');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+447700900124',0x01A22E4F994E7630B542CB60102A1583,'2026-11-30 21:14:58.254761');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+447700900125',0x01A22E4FBF0271B480484E519B2D6C81,'2026-11-30 21:15:07.906711');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+447700900126',0x01A22E4FC05F701A9C9A4ECEC143AF0D,'2026-11-30 21:15:08.255100');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+447700900127',0x01A22E50895E7503B7637DB6A020073D,'2026-11-30 21:15:59.710251');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+447700900200',0x01A22E50547974D793F85104FC2A1D29,'2026-11-30 21:15:46.169152');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+447700900201',0x01A22E50549070E2B1D8C8524C0474E2,'2026-11-30 21:15:46.192738');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+447700900202',0x01A22E5054A475EE86D7E908CFAC0751,'2026-11-30 21:15:46.212387');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+447700900300',0x01A22E507F9470A293224EF93877AFB2,'2026-11-30 21:15:57.204525');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+447700900301',0x01A22E507FB177EF84C192628BECE384,'2026-11-30 21:15:57.233652');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+447700900302',0x01A22E507FC87479986F654B1DB82500,'2026-11-30 21:15:57.256939');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+5215550000009',0x01A22E4FCC3B72B19216A0143EDCDE1E,'2026-11-30 21:15:11.291380');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+525550000009',0x01A22E4FCC3B72B19216A0143EDCDE1E,'2026-11-30 21:15:11.674019');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+999000131026',0x01A22E4FBF2B72339E58501D4C13F929,'2026-11-30 21:15:07.947193');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'phone','','+999001131026',0x01A22E4FBF9576A39FBEE1F489C36DEE,'2026-11-30 21:15:08.053109');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'bsuid','','GB.27673070610732',0x01A22E4FE98277C8A48B9297308378DE,'2026-11-30 21:15:18.837516');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'bsuid','','GB.35583214481860',0x01A22E4FFB4772599F7FF993B3F7F77D,'2026-11-30 21:15:23.335832');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'bsuid','','MX.71925672564876',0x01A22E502CF871299B78E8E88BC26309,'2026-11-30 21:15:38.823045');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'phone','','+447700900123',0x01A22E4FE98277C8A48B9297308378DE,'2026-11-30 21:15:18.787826');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'phone','','+447700900124',0x01A22E4FFB4772599F7FF993B3F7F77D,'2026-11-30 21:15:23.335832');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'phone','','+447700900125',0x01A22E50215176B7BD72706F5F488E05,'2026-11-30 21:15:33.073691');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'phone','','+447700900126',0x01A22E5021B873F3B0AC71EAB8898EE5,'2026-11-30 21:15:33.176141');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'phone','','+447700900127',0x01A22E5089FA7745AD7C925FE2F0F28E,'2026-11-30 21:15:59.866849');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'phone','','+5215550000009',0x01A22E502CF871299B78E8E88BC26309,'2026-11-30 21:15:36.056325');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'phone','','+525550000009',0x01A22E502CF871299B78E8E88BC26309,'2026-11-30 21:15:36.125506');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'phone','','+999000131026',0x01A22E50216B7798B857A5D075943B75,'2026-11-30 21:15:33.099652');
INSERT INTO `contacts_identities` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'phone','','+999001131026',0x01A22E50218A702FA5370323FD83A12D,'2026-11-30 21:15:33.130209');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `contacts_taggings` (
  `tenant_id` binary(16) NOT NULL,
  `contact_id` binary(16) NOT NULL,
  `tag_id` binary(16) NOT NULL,
  PRIMARY KEY (`tenant_id`,`contact_id`,`tag_id`),
  KEY `contacts_taggings_by_tag_id_contact_id` (`tenant_id`,`tag_id`,`contact_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `contacts_taggings` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F865E70488EC29500C33C8155,0x01A22E4F866372CB9BE4187203E7C868);
INSERT INTO `contacts_taggings` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F865E70488EC29500C33C8155,0x01A22E4F866372CB9BE418734165C7AE);
INSERT INTO `contacts_taggings` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FE98277C8A48B9297308378DE,0x01A22E4FE9857471A88829BB94269FCD);
INSERT INTO `contacts_taggings` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FE98277C8A48B9297308378DE,0x01A22E4FE9857471A88829BC8B3F22C0);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `contacts_tags` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `name` varchar(64) NOT NULL,
  `folded` varchar(190) NOT NULL,
  `color` varchar(9) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`tenant_id`,`id`),
  UNIQUE KEY `contacts_tags_by_folded` (`tenant_id`,`folded`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `contacts_tags` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F866372CB9BE4187203E7C868,'Café','cafe','#64748b','2026-11-30 21:14:53.411087');
INSERT INTO `contacts_tags` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F866372CB9BE418734165C7AE,'VIP','vip','#64748b','2026-11-30 21:14:53.411094');
INSERT INTO `contacts_tags` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FE9857471A88829BB94269FCD,'Café','cafe','#64748b','2026-11-30 21:15:18.789292');
INSERT INTO `contacts_tags` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FE9857471A88829BC8B3F22C0,'VIP','vip','#64748b','2026-11-30 21:15:18.789297');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `host_jobs` (
  `id` binary(16) NOT NULL,
  `tenant_id` binary(16) NOT NULL,
  `queue` varchar(32) NOT NULL,
  `kind` varchar(96) NOT NULL,
  `payload` longtext NOT NULL,
  `dedup_key` varchar(190) DEFAULT NULL,
  `again` int(11) NOT NULL DEFAULT 0,
  `run_at` datetime(6) NOT NULL,
  `fence` bigint(20) NOT NULL DEFAULT 0,
  `attempts` int(11) NOT NULL DEFAULT 0,
  `max_attempts` int(11) NOT NULL,
  `dead` tinyint(1) NOT NULL DEFAULT 0,
  `last_error` longtext DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `share` varchar(80) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `dedup_key` (`dedup_key`),
  KEY `host_jobs_due` (`queue`,`dead`,`run_at`),
  KEY `host_jobs_turns` (`queue`,`dead`,`share`,`run_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `host_jobs` VALUES (0x01A22E4FE089776292840E423C1A74AD,0x01A22E4F6BD375CE84675817A0F8270D,'files','messaging.sweep_media','{}','ten_01a22e4f6bd375ce84675817a0f8270d|messaging.sweep_media|',0,'2026-12-30 21:16:16.487865',0,0,2147483647,0,NULL,'2026-11-30 21:15:16.489505','01a22e4f6bd375ce84675817a0f8270d');
INSERT INTO `host_jobs` VALUES (0x01A22E50415E7174AD9CFBB3379D98A2,0x01A22E4F6DEB77FFA8BFD2B798243CE1,'files','messaging.sweep_media','{}','ten_01a22e4f6deb77ffa8bfd2b798243ce1|messaging.sweep_media|',0,'2026-12-30 21:16:41.263613',0,0,2147483647,0,NULL,'2026-11-30 21:15:41.278927','01a22e4f6deb77ffa8bfd2b798243ce1');
INSERT INTO `host_jobs` VALUES (0x01A22E50547D708CB90799F1BA01F03C,0x01A22E4F6BD375CE84675817A0F8270D,'bulk','messaging.send_chunk','{\"chunk_id\":\"chk_01a22e50547c73eab86e8e88fdbce63c\",\"lane\":\"bulk\",\"channel_id\":\"chn_01a22e4f7aae76c4a3c386a1dd3445ae\"}',NULL,0,'2026-11-30 21:16:12.518366',2,0,2147483647,0,'unavailable: the number is held','2026-11-30 21:15:46.173884','01a22e4f6bd375ce84675817a0f8270d/01a22e4f7aae76c4a3c386a1dd3445ae');
INSERT INTO `host_jobs` VALUES (0x01A22E50549471158C7A09220618ADF3,0x01A22E4F6BD375CE84675817A0F8270D,'bulk','messaging.send_chunk','{\"chunk_id\":\"chk_01a22e505493741aacc1838d6be17b9c\",\"lane\":\"bulk\",\"channel_id\":\"chn_01a22e4f7aae76c4a3c386a1dd3445ae\"}',NULL,0,'2026-11-30 21:16:12.529284',2,0,2147483647,0,'unavailable: the number is held','2026-11-30 21:15:46.196978','01a22e4f6bd375ce84675817a0f8270d/01a22e4f7aae76c4a3c386a1dd3445ae');
INSERT INTO `host_jobs` VALUES (0x01A22E5054A7700B98FDB6E642EA0F24,0x01A22E4F6BD375CE84675817A0F8270D,'bulk','messaging.send_chunk','{\"chunk_id\":\"chk_01a22e5054a6706b9030854c4463e29e\",\"lane\":\"bulk\",\"channel_id\":\"chn_01a22e4f7aae76c4a3c386a1dd3445ae\"}',NULL,0,'2026-11-30 21:16:12.554833',2,0,2147483647,0,'unavailable: the number is held','2026-11-30 21:15:46.215200','01a22e4f6bd375ce84675817a0f8270d/01a22e4f7aae76c4a3c386a1dd3445ae');
INSERT INTO `host_jobs` VALUES (0x01A22E507F9B762C947DDC57BB8C7514,0x01A22E4F6BD375CE84675817A0F8270D,'bulk','messaging.send_chunk','{\"chunk_id\":\"chk_01a22e507f9a7520ab45c65cd8416e77\",\"lane\":\"bulk\",\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\"}',NULL,0,'2026-11-30 21:15:57.319808',0,0,2147483647,0,NULL,'2026-11-30 21:15:57.211873','01a22e4f6bd375ce84675817a0f8270d/01a22e4f76ed7057ab489c3fdc039561');
INSERT INTO `host_jobs` VALUES (0x01A22E507FBB7424891421529CDFDBE4,0x01A22E4F6BD375CE84675817A0F8270D,'bulk','messaging.send_chunk','{\"chunk_id\":\"chk_01a22e507fba7055b77b1c9e30eeec0b\",\"lane\":\"bulk\",\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\"}',NULL,0,'2026-11-30 21:15:57.319808',0,0,2147483647,0,NULL,'2026-11-30 21:15:57.243892','01a22e4f6bd375ce84675817a0f8270d/01a22e4f76ed7057ab489c3fdc039561');
INSERT INTO `host_jobs` VALUES (0x01A22E507FCC72F09430CD7EBA3CA998,0x01A22E4F6BD375CE84675817A0F8270D,'bulk','messaging.send_chunk','{\"chunk_id\":\"chk_01a22e507fcb731d80a8e35f8170fc83\",\"lane\":\"bulk\",\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\"}',NULL,0,'2026-11-30 21:15:57.319808',0,0,2147483647,0,NULL,'2026-11-30 21:15:57.260495','01a22e4f6bd375ce84675817a0f8270d/01a22e4f76ed7057ab489c3fdc039561');
INSERT INTO `host_jobs` VALUES (0x01A22E5089647343B9147E33B81FB589,0x01A22E4F6BD375CE84675817A0F8270D,'default','messaging.send_chunk','{\"chunk_id\":\"chk_01a22e5089647343b9147e323be1518b\",\"lane\":\"transactional\",\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\"}',NULL,0,'2026-11-30 21:15:59.716878',0,0,2147483647,0,NULL,'2026-11-30 21:15:59.716933','01a22e4f6bd375ce84675817a0f8270d/01a22e4f76ed7057ab489c3fdc039561');
INSERT INTO `host_jobs` VALUES (0x01A22E5089C570029A693D0C91D4C0DA,0x01A22E4F6BD375CE84675817A0F8270D,'interactive','messaging.send_chunk','{\"chunk_id\":\"chk_01a22e5089b7716680e55ba3147fa2c9\",\"lane\":\"interactive\",\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\"}',NULL,0,'2026-11-30 21:15:59.813015',0,0,2147483647,0,NULL,'2026-11-30 21:15:59.813101','01a22e4f6bd375ce84675817a0f8270d/01a22e4f76ed7057ab489c3fdc039561');
INSERT INTO `host_jobs` VALUES (0x01A22E5089FE7773B02C9ABF88290448,0x01A22E4F6DEB77FFA8BFD2B798243CE1,'default','messaging.send_chunk','{\"chunk_id\":\"chk_01a22e5089fd7192984e55c5572cbb2d\",\"lane\":\"transactional\",\"channel_id\":\"chn_01a22e4f79f073dfafc231d07672a806\"}',NULL,0,'2026-11-30 21:15:59.870203',0,0,2147483647,0,NULL,'2026-11-30 21:15:59.870261','01a22e4f6deb77ffa8bfd2b798243ce1/01a22e4f79f073dfafc231d07672a806');
INSERT INTO `host_jobs` VALUES (0x01A22E508A17704EB535AF5753B4DC6F,0x01A22E4F6DEB77FFA8BFD2B798243CE1,'interactive','messaging.send_chunk','{\"chunk_id\":\"chk_01a22e508a1674d8a3bbb0ad757378b7\",\"lane\":\"interactive\",\"channel_id\":\"chn_01a22e4f79f073dfafc231d07672a806\"}',NULL,0,'2026-11-30 21:15:59.895389',0,0,2147483647,0,NULL,'2026-11-30 21:15:59.895443','01a22e4f6deb77ffa8bfd2b798243ce1/01a22e4f79f073dfafc231d07672a806');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `host_leases` (
  `name` varchar(64) NOT NULL,
  `owner` varchar(64) NOT NULL,
  `until` datetime(6) NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `host_live_events` (
  `tenant_id` binary(16) NOT NULL,
  `seq` bigint(20) NOT NULL,
  `name` varchar(64) NOT NULL,
  `permission` varchar(64) NOT NULL,
  `payload` longtext NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`tenant_id`,`seq`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073289463122,'channels_changed','channels:read','{\"items\":[{\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\"}]}','2026-11-30 21:14:49.463122');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073289562628,'channels_changed','channels:read','{\"items\":[{\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\"}]}','2026-11-30 21:14:49.562628');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073290429014,'channels_changed','channels:read','{\"items\":[{\"channel_id\":\"chn_01a22e4f7aae76c4a3c386a1dd3445ae\"}]}','2026-11-30 21:14:50.429014');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073290483049,'channels_changed','channels:read','{\"items\":[{\"channel_id\":\"chn_01a22e4f7aae76c4a3c386a1dd3445ae\"}]}','2026-11-30 21:14:50.483049');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073293418246,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4f865e70488ec29500c33c8155\",\"deleted\":false,\"at\":\"2026-11-30T21:14:53.413653Z\"}]}','2026-11-30 21:14:53.418246');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073293477614,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4f865e70488ec29500c33c8155\",\"deleted\":false,\"at\":\"2026-11-30T21:14:53.459555Z\"}]}','2026-11-30 21:14:53.477614');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073293477615,'messages_received','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4f869a739e973102ef8acdc6a2\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"contact_id\":\"con_01a22e4f865e70488ec29500c33c8155\",\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\",\"type\":\"text\",\"preview\":\"Is my order on its way?\",\"at\":\"2026-11-30T21:14:53.456697Z\"}]}','2026-11-30 21:14:53.477614');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073296007545,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4f907277dda5713eebd29c6c94\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"contact_id\":\"con_01a22e4f865e70488ec29500c33c8155\",\"at\":\"2026-11-30T21:14:55.985145Z\"}]}','2026-11-30 21:14:56.007545');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073296117402,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4f907277dda5713eebd29c6c94\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"status\":\"accepted\",\"at\":\"2026-11-30T21:14:56.052526Z\"}]}','2026-11-30 21:14:56.117402');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073296117403,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4f907277dda5713eebd29c6c94\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"status\":\"sent\",\"at\":\"2026-11-30T21:14:56Z\"}]}','2026-11-30 21:14:56.117402');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073296165473,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4f907277dda5713eebd29c6c94\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"status\":\"delivered\",\"at\":\"2026-11-30T21:14:56Z\"}]}','2026-11-30 21:14:56.165473');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073296229849,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4f907277dda5713eebd29c6c94\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"status\":\"read\",\"at\":\"2026-11-30T21:14:56Z\"}]}','2026-11-30 21:14:56.229849');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073298233099,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4f991a70218382d9b0f72dc184\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"contact_id\":\"con_01a22e4f865e70488ec29500c33c8155\",\"at\":\"2026-11-30T21:14:58.201250Z\"}]}','2026-11-30 21:14:58.233099');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073298363045,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4f991a70218382d9b0f72dc184\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"status\":\"accepted\",\"at\":\"2026-11-30T21:14:58.331767Z\"}]}','2026-11-30 21:14:58.363045');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073298374721,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4f994e7630b542cb60102a1583\",\"deleted\":false,\"at\":\"2026-11-30T21:14:58.256215Z\"}]}','2026-11-30 21:14:58.374721');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073298374722,'messages_received','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4f999777d38363d0203d351fe1\",\"conversation_id\":\"cnv_01a22e4f9969723cad27cea509058fb1\",\"contact_id\":\"con_01a22e4f994e7630b542cb60102a1583\",\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\",\"type\":\"text\",\"preview\":\"Do you open on Sundays?\",\"at\":\"2026-11-30T21:14:58.248721Z\"}]}','2026-11-30 21:14:58.374721');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073298408635,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4f991a70218382d9b0f72dc184\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"status\":\"delivered\",\"at\":\"2026-11-30T21:14:58Z\"}]}','2026-11-30 21:14:58.408635');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073298428438,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4f991a70218382d9b0f72dc184\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"status\":\"read\",\"at\":\"2026-11-30T21:14:58Z\"}]}','2026-11-30 21:14:58.428438');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073300974416,'messages_received','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fa3db72f695341278d3ffbde5\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"contact_id\":\"con_01a22e4f865e70488ec29500c33c8155\",\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\",\"type\":\"image\",\"preview\":\"📷 The gate\",\"at\":\"2026-11-30T21:15:00.947845Z\"}]}','2026-11-30 21:15:00.974416');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073301024422,'media_changed','messages:read','{\"items\":[{\"media_id\":\"med_01a22e4fa3dc764ba82e305833bbcaeb\",\"message_id\":\"msg_01a22e4fa3db72f695341278d3ffbde5\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"state\":\"ready\"}]}','2026-11-30 21:15:01.024422');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073303274644,'messages_received','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4face1754e821271270ce86eab\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"contact_id\":\"con_01a22e4f865e70488ec29500c33c8155\",\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\",\"type\":\"text\",\"preview\":\"By mistake\",\"at\":\"2026-11-30T21:15:03.258083Z\"}]}','2026-11-30 21:15:03.274644');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073303348060,'messages_received','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fad047517801778db5bbd3191\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"contact_id\":\"con_01a22e4f865e70488ec29500c33c8155\",\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\",\"type\":\"text\",\"preview\":\"Good morning\",\"at\":\"2026-11-30T21:15:03.297115Z\"}]}','2026-11-30 21:15:03.348060');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073305629447,'messages_amended','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4face1754e821271270ce86eab\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\"}]}','2026-11-30 21:15:05.629447');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073305664037,'messages_amended','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4f869a739e973102ef8acdc6a2\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\"},{\"message_id\":\"msg_01a22e4fad047517801778db5bbd3191\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\"}]}','2026-11-30 21:15:05.664037');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073307925111,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4fbf0271b480484e519b2d6c81\",\"deleted\":false,\"at\":\"2026-11-30T21:15:07.907900Z\"}]}','2026-11-30 21:15:07.925111');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073307925112,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fbf0a759a951a8fd8246e1f12\",\"conversation_id\":\"cnv_01a22e4fbf097661b5540119bd7333cb\",\"contact_id\":\"con_01a22e4fbf0271b480484e519b2d6c81\",\"at\":\"2026-11-30T21:15:07.914216Z\"}]}','2026-11-30 21:15:07.925111');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308035411,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4fbf2b72339e58501d4c13f929\",\"deleted\":false,\"at\":\"2026-11-30T21:15:07.947932Z\"}]}','2026-11-30 21:15:08.035411');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308035412,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fbf3f7119a31fe310b551e454\",\"conversation_id\":\"cnv_01a22e4fbf3676feaa1cd2b6c8ab182c\",\"contact_id\":\"con_01a22e4fbf2b72339e58501d4c13f929\",\"at\":\"2026-11-30T21:15:07.967842Z\"}]}','2026-11-30 21:15:08.035411');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308035413,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fbf0a759a951a8fd8246e1f12\",\"conversation_id\":\"cnv_01a22e4fbf097661b5540119bd7333cb\",\"status\":\"accepted\",\"at\":\"2026-11-30T21:15:08.006879Z\"}]}','2026-11-30 21:15:08.035411');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308074732,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fbf0a759a951a8fd8246e1f12\",\"conversation_id\":\"cnv_01a22e4fbf097661b5540119bd7333cb\",\"status\":\"sent\",\"at\":\"2026-11-30T21:15:07Z\"}]}','2026-11-30 21:15:08.074732');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308132767,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4fbf9576a39fbee1f489c36dee\",\"deleted\":false,\"at\":\"2026-11-30T21:15:08.088963Z\"}]}','2026-11-30 21:15:08.132767');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308132768,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fbf0a759a951a8fd8246e1f12\",\"conversation_id\":\"cnv_01a22e4fbf097661b5540119bd7333cb\",\"status\":\"read\",\"at\":\"2026-11-30T21:15:07Z\"}]}','2026-11-30 21:15:08.132767');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308132769,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fbfc07153b54cf450643a7dc6\",\"conversation_id\":\"cnv_01a22e4fbfbf748eb11fd5c37d09998f\",\"contact_id\":\"con_01a22e4fbf9576a39fbee1f489c36dee\",\"at\":\"2026-11-30T21:15:08.096663Z\"}]}','2026-11-30 21:15:08.132767');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308379995,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fbf3f7119a31fe310b551e454\",\"conversation_id\":\"cnv_01a22e4fbf3676feaa1cd2b6c8ab182c\",\"status\":\"accepted\",\"at\":\"2026-11-30T21:15:08.278984Z\"}]}','2026-11-30 21:15:08.379995');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308379996,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fbf3f7119a31fe310b551e454\",\"conversation_id\":\"cnv_01a22e4fbf3676feaa1cd2b6c8ab182c\",\"status\":\"failed\",\"at\":\"2026-11-30T21:15:08Z\",\"error_code\":131026}]}','2026-11-30 21:15:08.379995');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308409110,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4fc05f701a9c9a4ecec143af0d\",\"deleted\":false,\"at\":\"2026-11-30T21:15:08.274586Z\"}]}','2026-11-30 21:15:08.409110');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308409111,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fc0bb759dba5fb5876511c8a2\",\"conversation_id\":\"cnv_01a22e4fc0b973019fc1c23aad784fcd\",\"contact_id\":\"con_01a22e4fc05f701a9c9a4ecec143af0d\",\"at\":\"2026-11-30T21:15:08.347344Z\"}]}','2026-11-30 21:15:08.409110');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308416740,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fbfc07153b54cf450643a7dc6\",\"conversation_id\":\"cnv_01a22e4fbfbf748eb11fd5c37d09998f\",\"status\":\"failed\",\"at\":\"2026-11-30T21:15:08.378080Z\",\"error_code\":131026}]}','2026-11-30 21:15:08.416740');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308678472,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fc0bb759dba5fb5876511c8a2\",\"conversation_id\":\"cnv_01a22e4fc0b973019fc1c23aad784fcd\",\"status\":\"accepted\",\"at\":\"2026-11-30T21:15:08.613925Z\"}]}','2026-11-30 21:15:08.678472');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308799346,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fc0bb759dba5fb5876511c8a2\",\"conversation_id\":\"cnv_01a22e4fc0b973019fc1c23aad784fcd\",\"status\":\"delivered\",\"at\":\"2026-11-30T21:15:08Z\"}]}','2026-11-30 21:15:08.799346');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073308830413,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fc0bb759dba5fb5876511c8a2\",\"conversation_id\":\"cnv_01a22e4fc0b973019fc1c23aad784fcd\",\"status\":\"read\",\"at\":\"2026-11-30T21:15:08Z\"}]}','2026-11-30 21:15:08.830413');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073311468196,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4fcc3b72b19216a0143edcde1e\",\"deleted\":false,\"at\":\"2026-11-30T21:15:11.293068Z\"}]}','2026-11-30 21:15:11.468196');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073311468197,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fccdc763185b184322c55e598\",\"conversation_id\":\"cnv_01a22e4fccdc763185b18431cc1d20d9\",\"contact_id\":\"con_01a22e4fcc3b72b19216a0143edcde1e\",\"at\":\"2026-11-30T21:15:11.452922Z\"}]}','2026-11-30 21:15:11.468196');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073311702968,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fccdc763185b184322c55e598\",\"conversation_id\":\"cnv_01a22e4fccdc763185b18431cc1d20d9\",\"status\":\"accepted\",\"at\":\"2026-11-30T21:15:11.668572Z\"}]}','2026-11-30 21:15:11.702968');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073311702969,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4fcc3b72b19216a0143edcde1e\",\"deleted\":false,\"at\":\"2026-11-30T21:15:11.677729Z\"}]}','2026-11-30 21:15:11.702968');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073311846852,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fccdc763185b184322c55e598\",\"conversation_id\":\"cnv_01a22e4fccdc763185b18431cc1d20d9\",\"status\":\"sent\",\"at\":\"2026-11-30T21:15:11Z\"}]}','2026-11-30 21:15:11.846852');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073311898813,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fccdc763185b184322c55e598\",\"conversation_id\":\"cnv_01a22e4fccdc763185b18431cc1d20d9\",\"status\":\"read\",\"at\":\"2026-11-30T21:15:11Z\"}]}','2026-11-30 21:15:11.898813');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073314216780,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4fcc3b72b19216a0143edcde1e\",\"deleted\":false,\"at\":\"2026-11-30T21:15:14.200236Z\"}]}','2026-11-30 21:15:14.216780');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073314216781,'messages_received','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fd79f71288bface9527b34b2b\",\"conversation_id\":\"cnv_01a22e4fccdc763185b18431cc1d20d9\",\"contact_id\":\"con_01a22e4fcc3b72b19216a0143edcde1e\",\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\",\"type\":\"text\",\"preview\":\"Hola\",\"at\":\"2026-11-30T21:15:14.195756Z\"}]}','2026-11-30 21:15:14.216780');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073316470868,'account_events_recorded','channels:read','{\"items\":[{\"account_event_id\":\"aev_01a22e4fe0627752baae3982b08dd85c\",\"channel_id\":\"chn_01a22e4f76ed7057ab489c3fdc039561\",\"field\":\"user_preferences\",\"severity\":\"info\",\"title\":\"+447700900124 wants no more marketing\"}]}','2026-11-30 21:15:16.470868');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073316470869,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4f994e7630b542cb60102a1583\",\"deleted\":false,\"at\":\"2026-11-30T21:15:16.459583Z\"}]}','2026-11-30 21:15:16.470868');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073316470870,'contact_consent_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4f994e7630b542cb60102a1583\",\"marketing\":\"stopped\",\"at\":\"2026-11-30T21:15:16Z\",\"source\":\"whatsapp\"}]}','2026-11-30 21:15:16.470868');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073316596684,'account_events_recorded','channels:read','{\"items\":[{\"account_event_id\":\"aev_01a22e4fe0c373e8ba3c123a11fe979a\",\"field\":\"message_template_status_update\",\"severity\":\"warning\",\"title\":\"Template “summer” (en) is paused\"}]}','2026-11-30 21:15:16.596684');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073316596685,'templates_changed','channels:read','{\"items\":[{\"waba_id\":\"220000000000002\",\"template_id\":\"594\",\"name\":\"summer\",\"language\":\"en\",\"change\":\"status\",\"status\":\"PAUSED\",\"at\":\"2026-11-30T21:15:16Z\"}]}','2026-11-30 21:15:16.596684');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073346424010,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e50547974d793f85104fc2a1d29\",\"deleted\":false,\"at\":\"2026-11-30T21:15:46.169703Z\"}]}','2026-11-30 21:15:46.424010');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073346424011,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e50547c73eab86e8e87c9224414\",\"conversation_id\":\"cnv_01a22e50547c73eab86e8e86008aa64e\",\"contact_id\":\"con_01a22e50547974d793f85104fc2a1d29\",\"at\":\"2026-11-30T21:15:46.172913Z\"}]}','2026-11-30 21:15:46.424010');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073346424012,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e50549070e2b1d8c8524c0474e2\",\"deleted\":false,\"at\":\"2026-11-30T21:15:46.193045Z\"}]}','2026-11-30 21:15:46.424010');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073346424013,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e505493741aacc1838c2527eb48\",\"conversation_id\":\"cnv_01a22e50549274ba838dcba1cec98371\",\"contact_id\":\"con_01a22e50549070e2b1d8c8524c0474e2\",\"at\":\"2026-11-30T21:15:46.195175Z\"}]}','2026-11-30 21:15:46.424010');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073346424014,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e5054a475ee86d7e908cfac0751\",\"deleted\":false,\"at\":\"2026-11-30T21:15:46.212757Z\"}]}','2026-11-30 21:15:46.424010');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073346424015,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e5054a6706b9030854b71cc7e44\",\"conversation_id\":\"cnv_01a22e5054a6706b9030854a0889da8a\",\"contact_id\":\"con_01a22e5054a475ee86d7e908cfac0751\",\"at\":\"2026-11-30T21:15:46.214649Z\"}]}','2026-11-30 21:15:46.424010');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073346637048,'account_events_recorded','channels:read','{\"items\":[{\"account_event_id\":\"aev_01a22e50562f70b3b48f42530b947786\",\"field\":\"account_update\",\"severity\":\"critical\",\"title\":\"WhatsApp disabled the account\"}]}','2026-11-30 21:15:46.637048');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,1796073346637049,'channels_changed','channels:read','{\"items\":[{\"channel_id\":\"chn_01a22e4f7aae76c4a3c386a1dd3445ae\"}]}','2026-11-30 21:15:46.637048');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073290233128,'channels_changed','channels:read','{\"items\":[{\"channel_id\":\"chn_01a22e4f79f073dfafc231d07672a806\"}]}','2026-11-30 21:14:50.233128');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073290393145,'channels_changed','channels:read','{\"items\":[{\"channel_id\":\"chn_01a22e4f79f073dfafc231d07672a806\"}]}','2026-11-30 21:14:50.393145');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073318806525,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4fe98277c8a48b9297308378de\",\"deleted\":false,\"at\":\"2026-11-30T21:15:18.795922Z\"}]}','2026-11-30 21:15:18.806525');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073318853722,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4fe98277c8a48b9297308378de\",\"deleted\":false,\"at\":\"2026-11-30T21:15:18.838392Z\"}]}','2026-11-30 21:15:18.853722');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073318853723,'messages_received','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fe9b972299aafbdb3108c436e\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"contact_id\":\"con_01a22e4fe98277c8a48b9297308378de\",\"channel_id\":\"chn_01a22e4f79f073dfafc231d07672a806\",\"type\":\"text\",\"preview\":\"Is my order on its way?\",\"at\":\"2026-11-30T21:15:18.835293Z\"}]}','2026-11-30 21:15:18.853722');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073321098170,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4ff27475d78e83614bc5d5de4f\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"contact_id\":\"con_01a22e4fe98277c8a48b9297308378de\",\"at\":\"2026-11-30T21:15:21.075419Z\"}]}','2026-11-30 21:15:21.098170');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073321139439,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4ff27475d78e83614bc5d5de4f\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"status\":\"accepted\",\"at\":\"2026-11-30T21:15:21.122691Z\"}]}','2026-11-30 21:15:21.139439');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073321154824,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4ff27475d78e83614bc5d5de4f\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"status\":\"sent\",\"at\":\"2026-11-30T21:15:21Z\"}]}','2026-11-30 21:15:21.154824');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073321181933,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4ff27475d78e83614bc5d5de4f\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"status\":\"delivered\",\"at\":\"2026-11-30T21:15:21Z\"}]}','2026-11-30 21:15:21.181933');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073321222670,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4ff27475d78e83614bc5d5de4f\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"status\":\"read\",\"at\":\"2026-11-30T21:15:21Z\"}]}','2026-11-30 21:15:21.222670');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073323310887,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4ffb047738854cc469f5421924\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"contact_id\":\"con_01a22e4fe98277c8a48b9297308378de\",\"at\":\"2026-11-30T21:15:23.267056Z\"}]}','2026-11-30 21:15:23.310887');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073323353415,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4ffb4772599f7ff993b3f7f77d\",\"deleted\":false,\"at\":\"2026-11-30T21:15:23.339421Z\"}]}','2026-11-30 21:15:23.353415');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073323353416,'messages_received','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4ffb4f7557b20f744533f27831\",\"conversation_id\":\"cnv_01a22e4ffb4e750ba232f7c0ae0ac28b\",\"contact_id\":\"con_01a22e4ffb4772599f7ff993b3f7f77d\",\"channel_id\":\"chn_01a22e4f79f073dfafc231d07672a806\",\"type\":\"text\",\"preview\":\"Do you open on Sundays?\",\"at\":\"2026-11-30T21:15:23.326154Z\"}]}','2026-11-30 21:15:23.353415');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073323401754,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4ffb047738854cc469f5421924\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"status\":\"accepted\",\"at\":\"2026-11-30T21:15:23.394351Z\"}]}','2026-11-30 21:15:23.401754');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073323449578,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4ffb047738854cc469f5421924\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"status\":\"sent\",\"at\":\"2026-11-30T21:15:23Z\"}]}','2026-11-30 21:15:23.449578');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073323529259,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4ffb047738854cc469f5421924\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"status\":\"read\",\"at\":\"2026-11-30T21:15:23Z\"}]}','2026-11-30 21:15:23.529259');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073325808439,'messages_received','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e5004e373d0a8255aa99add78c4\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"contact_id\":\"con_01a22e4fe98277c8a48b9297308378de\",\"channel_id\":\"chn_01a22e4f79f073dfafc231d07672a806\",\"type\":\"image\",\"preview\":\"📷 The gate\",\"at\":\"2026-11-30T21:15:25.792245Z\"}]}','2026-11-30 21:15:25.808439');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073325838829,'media_changed','messages:read','{\"items\":[{\"media_id\":\"med_01a22e5004e373d0a8255aaaf7e474ea\",\"message_id\":\"msg_01a22e5004e373d0a8255aa99add78c4\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"state\":\"ready\"}]}','2026-11-30 21:15:25.838829');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073328080789,'messages_received','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e500db9729a87d21ca886ea0705\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"contact_id\":\"con_01a22e4fe98277c8a48b9297308378de\",\"channel_id\":\"chn_01a22e4f79f073dfafc231d07672a806\",\"type\":\"text\",\"preview\":\"By mistake\",\"at\":\"2026-11-30T21:15:28.055250Z\"}]}','2026-11-30 21:15:28.080789');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073328144288,'messages_received','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e500dec756fb03c654e5d8060ec\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"contact_id\":\"con_01a22e4fe98277c8a48b9297308378de\",\"channel_id\":\"chn_01a22e4f79f073dfafc231d07672a806\",\"type\":\"text\",\"preview\":\"Good morning\",\"at\":\"2026-11-30T21:15:28.105051Z\"}]}','2026-11-30 21:15:28.144288');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073330384336,'messages_amended','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e500db9729a87d21ca886ea0705\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\"}]}','2026-11-30 21:15:30.384336');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073330822621,'messages_amended','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e4fe9b972299aafbdb3108c436e\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\"},{\"message_id\":\"msg_01a22e500dec756fb03c654e5d8060ec\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\"}]}','2026-11-30 21:15:30.822621');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333093969,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e50215176b7bd72706f5f488e05\",\"deleted\":false,\"at\":\"2026-11-30T21:15:33.074248Z\"}]}','2026-11-30 21:15:33.093969');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333093970,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e502155779aa77bf01ba69b8ddf\",\"conversation_id\":\"cnv_01a22e502154737a84324ecf54185c54\",\"contact_id\":\"con_01a22e50215176b7bd72706f5f488e05\",\"at\":\"2026-11-30T21:15:33.077303Z\"}]}','2026-11-30 21:15:33.093969');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333123309,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e50216b7798b857a5d075943b75\",\"deleted\":false,\"at\":\"2026-11-30T21:15:33.100158Z\"}]}','2026-11-30 21:15:33.123309');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333123310,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e50216e70999e67151ad6dec5c1\",\"conversation_id\":\"cnv_01a22e50216e70999e671519e1b8e959\",\"contact_id\":\"con_01a22e50216b7798b857a5d075943b75\",\"at\":\"2026-11-30T21:15:33.102817Z\"}]}','2026-11-30 21:15:33.123309');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333169814,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e50218a702fa5370323fd83a12d\",\"deleted\":false,\"at\":\"2026-11-30T21:15:33.130857Z\"}]}','2026-11-30 21:15:33.169814');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333169815,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e50218f70e3ba053498ccbc21ad\",\"conversation_id\":\"cnv_01a22e50218f70e3ba0534972f9b5ec9\",\"contact_id\":\"con_01a22e50218a702fa5370323fd83a12d\",\"at\":\"2026-11-30T21:15:33.135598Z\"}]}','2026-11-30 21:15:33.169814');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333237495,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e5021b873f3b0ac71eab8898ee5\",\"deleted\":false,\"at\":\"2026-11-30T21:15:33.176599Z\"}]}','2026-11-30 21:15:33.237495');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333237496,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e5021bc71378263ee2230aac335\",\"conversation_id\":\"cnv_01a22e5021bb7630819c3b578281749e\",\"contact_id\":\"con_01a22e5021b873f3b0ac71eab8898ee5\",\"at\":\"2026-11-30T21:15:33.180025Z\"}]}','2026-11-30 21:15:33.237495');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333237497,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e502155779aa77bf01ba69b8ddf\",\"conversation_id\":\"cnv_01a22e502154737a84324ecf54185c54\",\"status\":\"sent\",\"at\":\"2026-11-30T21:15:33Z\"}]}','2026-11-30 21:15:33.237495');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333296973,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e502155779aa77bf01ba69b8ddf\",\"conversation_id\":\"cnv_01a22e502154737a84324ecf54185c54\",\"status\":\"accepted\",\"at\":\"2026-11-30T21:15:33.197043Z\"}]}','2026-11-30 21:15:33.296973');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333296974,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e502155779aa77bf01ba69b8ddf\",\"conversation_id\":\"cnv_01a22e502154737a84324ecf54185c54\",\"status\":\"delivered\",\"at\":\"2026-11-30T21:15:33Z\"}]}','2026-11-30 21:15:33.296973');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333296975,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e50216e70999e67151ad6dec5c1\",\"conversation_id\":\"cnv_01a22e50216e70999e671519e1b8e959\",\"status\":\"accepted\",\"at\":\"2026-11-30T21:15:33.247009Z\"}]}','2026-11-30 21:15:33.296973');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333398531,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e502155779aa77bf01ba69b8ddf\",\"conversation_id\":\"cnv_01a22e502154737a84324ecf54185c54\",\"status\":\"read\",\"at\":\"2026-11-30T21:15:33Z\"},{\"message_id\":\"msg_01a22e50216e70999e67151ad6dec5c1\",\"conversation_id\":\"cnv_01a22e50216e70999e671519e1b8e959\",\"status\":\"failed\",\"at\":\"2026-11-30T21:15:33Z\",\"error_code\":131026}]}','2026-11-30 21:15:33.398531');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333444038,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e50218f70e3ba053498ccbc21ad\",\"conversation_id\":\"cnv_01a22e50218f70e3ba0534972f9b5ec9\",\"status\":\"failed\",\"at\":\"2026-11-30T21:15:33.311274Z\",\"error_code\":131026}]}','2026-11-30 21:15:33.444038');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333494612,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e5021bc71378263ee2230aac335\",\"conversation_id\":\"cnv_01a22e5021bb7630819c3b578281749e\",\"status\":\"accepted\",\"at\":\"2026-11-30T21:15:33.461620Z\"}]}','2026-11-30 21:15:33.494612');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333749924,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e5021bc71378263ee2230aac335\",\"conversation_id\":\"cnv_01a22e5021bb7630819c3b578281749e\",\"status\":\"sent\",\"at\":\"2026-11-30T21:15:33Z\"}]}','2026-11-30 21:15:33.749924');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073333830691,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e5021bc71378263ee2230aac335\",\"conversation_id\":\"cnv_01a22e5021bb7630819c3b578281749e\",\"status\":\"read\",\"at\":\"2026-11-30T21:15:33Z\"}]}','2026-11-30 21:15:33.830691');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073336081700,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e502cf871299b78e8e88bc26309\",\"deleted\":false,\"at\":\"2026-11-30T21:15:36.057976Z\"}]}','2026-11-30 21:15:36.081700');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073336081701,'messages_queued','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e502cff70f99f334be03214de2a\",\"conversation_id\":\"cnv_01a22e502cfe711c9d343ca82a7667f1\",\"contact_id\":\"con_01a22e502cf871299b78e8e88bc26309\",\"at\":\"2026-11-30T21:15:36.063233Z\"}]}','2026-11-30 21:15:36.081700');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073336428260,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e502cff70f99f334be03214de2a\",\"conversation_id\":\"cnv_01a22e502cfe711c9d343ca82a7667f1\",\"status\":\"accepted\",\"at\":\"2026-11-30T21:15:36.111119Z\"}]}','2026-11-30 21:15:36.428260');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073336428261,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e502cf871299b78e8e88bc26309\",\"deleted\":false,\"at\":\"2026-11-30T21:15:36.141936Z\"}]}','2026-11-30 21:15:36.428260');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073336473235,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e502cff70f99f334be03214de2a\",\"conversation_id\":\"cnv_01a22e502cfe711c9d343ca82a7667f1\",\"status\":\"sent\",\"at\":\"2026-11-30T21:15:36Z\"}]}','2026-11-30 21:15:36.473235');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073336520872,'message_statuses_changed','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e502cff70f99f334be03214de2a\",\"conversation_id\":\"cnv_01a22e502cfe711c9d343ca82a7667f1\",\"status\":\"read\",\"at\":\"2026-11-30T21:15:36Z\"}]}','2026-11-30 21:15:36.520872');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073338847451,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e502cf871299b78e8e88bc26309\",\"deleted\":false,\"at\":\"2026-11-30T21:15:38.826557Z\"}]}','2026-11-30 21:15:38.847451');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073338847452,'messages_received','messages:read','{\"items\":[{\"message_id\":\"msg_01a22e5037d8774bb8b625376f5ab4d5\",\"conversation_id\":\"cnv_01a22e502cfe711c9d343ca82a7667f1\",\"contact_id\":\"con_01a22e502cf871299b78e8e88bc26309\",\"channel_id\":\"chn_01a22e4f79f073dfafc231d07672a806\",\"type\":\"text\",\"preview\":\"Hola\",\"at\":\"2026-11-30T21:15:38.819940Z\"}]}','2026-11-30 21:15:38.847451');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073341250376,'account_events_recorded','channels:read','{\"items\":[{\"account_event_id\":\"aev_01a22e5040fe7104a2bb97f53f4741b1\",\"channel_id\":\"chn_01a22e4f79f073dfafc231d07672a806\",\"field\":\"user_preferences\",\"severity\":\"info\",\"title\":\"+447700900124 wants no more marketing\"}]}','2026-11-30 21:15:41.250376');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073341250377,'contacts_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4ffb4772599f7ff993b3f7f77d\",\"deleted\":false,\"at\":\"2026-11-30T21:15:41.194215Z\"}]}','2026-11-30 21:15:41.250376');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073341250378,'contact_consent_changed','contacts:read','{\"items\":[{\"contact_id\":\"con_01a22e4ffb4772599f7ff993b3f7f77d\",\"marketing\":\"stopped\",\"at\":\"2026-11-30T21:15:41Z\",\"source\":\"whatsapp\"}]}','2026-11-30 21:15:41.250376');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073341369910,'account_events_recorded','channels:read','{\"items\":[{\"account_event_id\":\"aev_01a22e504160748ea4f165241ae39612\",\"field\":\"message_template_status_update\",\"severity\":\"warning\",\"title\":\"Template “summer” (en) is paused\"}]}','2026-11-30 21:15:41.369910');
INSERT INTO `host_live_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,1796073341369911,'templates_changed','channels:read','{\"items\":[{\"waba_id\":\"220000000000009\",\"template_id\":\"594\",\"name\":\"summer\",\"language\":\"en\",\"change\":\"status\",\"status\":\"PAUSED\",\"at\":\"2026-11-30T21:15:41Z\"}]}','2026-11-30 21:15:41.369910');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `host_outbox` (
  `id` binary(16) NOT NULL,
  `tenant_id` binary(16) NOT NULL,
  `name` varchar(64) NOT NULL,
  `payload` longtext NOT NULL,
  `live` varchar(64) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `host_outbox` VALUES (0x01A22E507F9672E28438A378EABC845C,0x01A22E4F6BD375CE84675817A0F8270D,'contacts_changed','{\"items\":[{\"contact_id\":\"con_01a22e507f9470a293224ef93877afb2\",\"deleted\":false,\"at\":\"2026-11-30T21:15:57.205411Z\"}]}','contacts:read','2026-11-30 21:15:57.206651');
INSERT INTO `host_outbox` VALUES (0x01A22E507F9C757595215A70B0E4A00F,0x01A22E4F6BD375CE84675817A0F8270D,'messages_queued','{\"items\":[{\"message_id\":\"msg_01a22e507f9a7520ab45c65b234ba047\",\"conversation_id\":\"cnv_01a22e507f99762bbfbaafa0b559d203\",\"contact_id\":\"con_01a22e507f9470a293224ef93877afb2\",\"at\":\"2026-11-30T21:15:57.210546Z\"}]}','messages:read','2026-11-30 21:15:57.212745');
INSERT INTO `host_outbox` VALUES (0x01A22E507FB87052826525801F3A2ED2,0x01A22E4F6BD375CE84675817A0F8270D,'contacts_changed','{\"items\":[{\"contact_id\":\"con_01a22e507fb177ef84c192628bece384\",\"deleted\":false,\"at\":\"2026-11-30T21:15:57.234162Z\"}]}','contacts:read','2026-11-30 21:15:57.240479');
INSERT INTO `host_outbox` VALUES (0x01A22E507FBC7071AD95D1688172CF64,0x01A22E4F6BD375CE84675817A0F8270D,'messages_queued','{\"items\":[{\"message_id\":\"msg_01a22e507fba7055b77b1c9dcef9f2b8\",\"conversation_id\":\"cnv_01a22e507fba7055b77b1c9cf0833577\",\"contact_id\":\"con_01a22e507fb177ef84c192628bece384\",\"at\":\"2026-11-30T21:15:57.242770Z\"}]}','messages:read','2026-11-30 21:15:57.244725');
INSERT INTO `host_outbox` VALUES (0x01A22E507FC977FD992D8EE18470274C,0x01A22E4F6BD375CE84675817A0F8270D,'contacts_changed','{\"items\":[{\"contact_id\":\"con_01a22e507fc87479986f654b1db82500\",\"deleted\":false,\"at\":\"2026-11-30T21:15:57.257336Z\"}]}','contacts:read','2026-11-30 21:15:57.257774');
INSERT INTO `host_outbox` VALUES (0x01A22E507FCC72F09430CD7F1E5BD88D,0x01A22E4F6BD375CE84675817A0F8270D,'messages_queued','{\"items\":[{\"message_id\":\"msg_01a22e507fcb731d80a8e35e0a4c128a\",\"conversation_id\":\"cnv_01a22e507fcb731d80a8e35d62f9b30d\",\"contact_id\":\"con_01a22e507fc87479986f654b1db82500\",\"at\":\"2026-11-30T21:15:57.259718Z\"}]}','messages:read','2026-11-30 21:15:57.261014');
INSERT INTO `host_outbox` VALUES (0x01A22E50896173DD9B47D94DB7859CB0,0x01A22E4F6BD375CE84675817A0F8270D,'contacts_changed','{\"items\":[{\"contact_id\":\"con_01a22e50895e7503b7637db6a020073d\",\"deleted\":false,\"at\":\"2026-11-30T21:15:59.712893Z\"}]}','contacts:read','2026-11-30 21:15:59.713759');
INSERT INTO `host_outbox` VALUES (0x01A22E5089657052ABD75E1F2FB89A8C,0x01A22E4F6BD375CE84675817A0F8270D,'messages_queued','{\"items\":[{\"message_id\":\"msg_01a22e5089647343b9147e311b9f7566\",\"conversation_id\":\"cnv_01a22e508963740fba886f1cbba9f87e\",\"contact_id\":\"con_01a22e50895e7503b7637db6a020073d\",\"at\":\"2026-11-30T21:15:59.716003Z\"}]}','messages:read','2026-11-30 21:15:59.717694');
INSERT INTO `host_outbox` VALUES (0x01A22E5089C974CF9F5F44F117862BD1,0x01A22E4F6BD375CE84675817A0F8270D,'messages_queued','{\"items\":[{\"message_id\":\"msg_01a22e5089b7716680e55ba201cb80f7\",\"conversation_id\":\"cnv_01a22e4f86997641b555276c2d6d2950\",\"contact_id\":\"con_01a22e4f865e70488ec29500c33c8155\",\"at\":\"2026-11-30T21:15:59.798277Z\"}]}','messages:read','2026-11-30 21:15:59.817094');
INSERT INTO `host_outbox` VALUES (0x01A22E5089FB75299C99DBFBD5747806,0x01A22E4F6DEB77FFA8BFD2B798243CE1,'contacts_changed','{\"items\":[{\"contact_id\":\"con_01a22e5089fa7745ad7c925fe2f0f28e\",\"deleted\":false,\"at\":\"2026-11-30T21:15:59.867254Z\"}]}','contacts:read','2026-11-30 21:15:59.867667');
INSERT INTO `host_outbox` VALUES (0x01A22E5089FE7773B02C9AC003FA295F,0x01A22E4F6DEB77FFA8BFD2B798243CE1,'messages_queued','{\"items\":[{\"message_id\":\"msg_01a22e5089fd7192984e55c4a978ba9e\",\"conversation_id\":\"cnv_01a22e5089fd7192984e55c3872ea4f5\",\"contact_id\":\"con_01a22e5089fa7745ad7c925fe2f0f28e\",\"at\":\"2026-11-30T21:15:59.869441Z\"}]}','messages:read','2026-11-30 21:15:59.870858');
INSERT INTO `host_outbox` VALUES (0x01A22E508A17704EB535AF5845130F62,0x01A22E4F6DEB77FFA8BFD2B798243CE1,'messages_queued','{\"items\":[{\"message_id\":\"msg_01a22e508a1674d8a3bbb0acaf0d6436\",\"conversation_id\":\"cnv_01a22e4fe9b972299aafbdb2e66321aa\",\"contact_id\":\"con_01a22e4fe98277c8a48b9297308378de\",\"at\":\"2026-11-30T21:15:59.893770Z\"}]}','messages:read','2026-11-30 21:15:59.895898');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `identity_api_keys` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `name` varchar(100) NOT NULL,
  `prefix` varchar(16) NOT NULL,
  `hash` varchar(64) NOT NULL,
  `scopes` longtext NOT NULL,
  `created_by` varchar(64) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `expires_at` datetime(6) DEFAULT NULL,
  `last_used_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`tenant_id`,`id`),
  UNIQUE KEY `hash` (`hash`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `identity_api_keys` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F76CD7732B5C9909D14D5B62E,'Everything','wapro_da41d4','a77421242f0f2f322542d6157cfca8d56fac19a1a4d91d754869e4b6a53857e7','[\"api_keys:manage\",\"api_keys:read\",\"channels:manage\",\"channels:read\",\"contacts:read\",\"contacts:write\",\"messages:read\",\"messages:send\",\"modules:manage\",\"modules:read\"]','usr_01a22e4f6ca07246927272fda62481e9','2026-11-30 21:14:49.421112',NULL,'2026-11-30 21:15:55.400540');
INSERT INTO `identity_api_keys` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F76D87635988F703BB3D00826,'Contacts only','wapro_969051','a2442ac680afbdea2e61fd8ad4a47feba7d2a8599c42d7ea79801b8eddafd77a','[\"contacts:read\"]','usr_01a22e4f6ca07246927272fda62481e9','2026-11-30 21:14:49.432374',NULL,NULL);
INSERT INTO `identity_api_keys` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4F78BB7262AD819892C74CEDD8,'Everything','wapro_e3cf81','f2f14393f9f49c74ad672a60e3921fcfcbb4c71ffd659deadafc04b352b63432','[\"api_keys:manage\",\"api_keys:read\",\"channels:manage\",\"channels:read\",\"contacts:read\",\"contacts:write\",\"messages:read\",\"messages:send\",\"modules:manage\",\"modules:read\"]','usr_01a22e4f6ec272c68105e3029a423f09','2026-11-30 21:14:49.915824',NULL,'2026-11-30 21:15:59.836360');
INSERT INTO `identity_api_keys` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4F796075DA976DD417CB80FE67,'Contacts only','wapro_337282','46a2828aa89152f3aee1d65e242b290a38e781be14d52a580f8ed661376ac58b','[\"contacts:read\"]','usr_01a22e4f6ec272c68105e3029a423f09','2026-11-30 21:14:50.080649',NULL,NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `identity_memberships` (
  `tenant_id` binary(16) NOT NULL,
  `user_id` binary(16) NOT NULL,
  `role` varchar(16) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`tenant_id`,`user_id`),
  KEY `identity_memberships_by_user_id` (`user_id`,`tenant_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `identity_memberships` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F6CA07246927272FDA62481E9,'owner','2026-11-30 21:14:46.992029');
INSERT INTO `identity_memberships` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4F6EC272C68105E3029A423F09,'owner','2026-11-30 21:14:47.562091');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `identity_resellers` (
  `id` binary(16) NOT NULL,
  `name` varchar(200) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `identity_resellers` VALUES (0x01A22E4F6ABE76FBAA1CEC4D9B47964B,'Northwind','2026-11-30 21:14:46.334548');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `identity_routes` (
  `kind` varchar(32) NOT NULL,
  `key` varchar(190) NOT NULL,
  `tenant_id` binary(16) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`kind`,`key`),
  KEY `identity_routes_by_tenant_id` (`tenant_id`,`kind`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `identity_routes` VALUES ('media','48bf46c175e4a7439fcec9686150d830',0x01A22E4F6DEB77FFA8BFD2B798243CE1,'2026-11-30 21:15:41.395186');
INSERT INTO `identity_routes` VALUES ('media','8c1c701ae94393bc071605ee25e33145',0x01A22E4F6BD375CE84675817A0F8270D,'2026-11-30 21:15:16.612496');
INSERT INTO `identity_routes` VALUES ('phone_simulated','330000000000003',0x01A22E4F6BD375CE84675817A0F8270D,'2026-11-30 21:14:49.544033');
INSERT INTO `identity_routes` VALUES ('phone_simulated','330000000000010',0x01A22E4F6DEB77FFA8BFD2B798243CE1,'2026-11-30 21:14:50.303710');
INSERT INTO `identity_routes` VALUES ('phone_simulated','330000000000017',0x01A22E4F6BD375CE84675817A0F8270D,'2026-11-30 21:14:50.461635');
INSERT INTO `identity_routes` VALUES ('webhook','314f28e1db73aafb7436d461f8b9281b',0x01A22E4F6DEB77FFA8BFD2B798243CE1,'2026-11-30 21:14:50.233602');
INSERT INTO `identity_routes` VALUES ('webhook','9391c2c8edc491fb21292c49034f9380',0x01A22E4F6BD375CE84675817A0F8270D,'2026-11-30 21:14:49.464451');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `identity_sessions` (
  `token_hash` varchar(64) NOT NULL,
  `user_id` binary(16) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `last_seen_at` datetime(6) NOT NULL,
  `expires_at` datetime(6) NOT NULL,
  PRIMARY KEY (`token_hash`),
  KEY `identity_sessions_by_user_id` (`user_id`),
  KEY `identity_sessions_by_expires_at` (`expires_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `identity_sessions` VALUES ('3ff8adbd94464996b815dd6793b8b01b2bb47de6046687d3730f4f7615b74e3f',0x01A22E4F6EC272C68105E3029A423F09,'2026-11-30 21:14:49.652870','2026-11-30 21:14:49.652870','2026-12-01 09:14:49.652870');
INSERT INTO `identity_sessions` VALUES ('bdef53e9f7c4bcdf31b77461600fc5e9f186e4e0029293175a72e982457fbf7b',0x01A22E4F6CA07246927272FDA62481E9,'2026-11-30 21:14:49.142708','2026-11-30 21:14:49.142708','2026-12-01 09:14:49.142708');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `identity_tenant_modules` (
  `tenant_id` binary(16) NOT NULL,
  `module` varchar(32) NOT NULL,
  `enabled` tinyint(1) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`tenant_id`,`module`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `identity_tenant_modules` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'contacts',1,'2026-11-30 21:15:43.615950');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `identity_tenants` (
  `id` binary(16) NOT NULL,
  `reseller_id` binary(16) NOT NULL,
  `name` varchar(200) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `identity_tenants_by_reseller_id` (`reseller_id`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `identity_tenants` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F6ABE76FBAA1CEC4D9B47964B,'Acme','2026-11-30 21:14:46.611848');
INSERT INTO `identity_tenants` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4F6ABE76FBAA1CEC4D9B47964B,'Globex','2026-11-30 21:14:47.147987');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `identity_users` (
  `id` binary(16) NOT NULL,
  `email` varchar(254) NOT NULL,
  `name` varchar(200) NOT NULL,
  `password_hash` varchar(255) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `email` (`email`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `identity_users` VALUES (0x01A22E4F6CA07246927272FDA62481E9,'owner@acme.example','Owner of Acme','$argon2id$v=19$m=19456,t=2,p=1$dd3d5zatQsHSZKDMpL2wHQ$1r5b1H92uRu3DEcZzXjUN3IDsnGC0OLTwSXpuMfO/hI','2026-11-30 21:14:46.992029');
INSERT INTO `identity_users` VALUES (0x01A22E4F6EC272C68105E3029A423F09,'owner@globex.example','Owner of Globex','$argon2id$v=19$m=19456,t=2,p=1$c7FaKZifbPAL/K2+apWTMQ$qlFNZOd6CsOepHHT0tczfaBJdNMCNjf+Yk7Q5Pdo30Y','2026-11-30 21:14:47.562091');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `identity_usual_addresses` (
  `user_id` binary(16) NOT NULL,
  `address_hash` varchar(64) NOT NULL,
  `seen_at` datetime(6) NOT NULL,
  PRIMARY KEY (`user_id`,`address_hash`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `identity_usual_addresses` VALUES (0x01A22E4F6CA07246927272FDA62481E9,'12ca17b49af2289436f303e0166030a21e525d266e209267433801a8fd4071a0','2026-11-30 21:14:49.142708');
INSERT INTO `identity_usual_addresses` VALUES (0x01A22E4F6EC272C68105E3029A423F09,'12ca17b49af2289436f303e0166030a21e525d266e209267433801a8fd4071a0','2026-11-30 21:14:49.652870');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_account_events` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `digest` varchar(64) NOT NULL,
  `field` varchar(128) NOT NULL,
  `event` varchar(128) NOT NULL,
  `topic` varchar(32) NOT NULL,
  `channel_id` binary(16) DEFAULT NULL,
  `waba_id` varchar(64) NOT NULL,
  `severity` varchar(16) NOT NULL,
  `title` varchar(255) NOT NULL,
  `detail` varchar(2000) NOT NULL,
  `payload` longtext NOT NULL,
  `at` datetime(6) NOT NULL,
  `received_at` datetime(6) NOT NULL,
  `title_terms` longtext DEFAULT NULL,
  `detail_terms` longtext DEFAULT NULL,
  PRIMARY KEY (`tenant_id`,`id`),
  UNIQUE KEY `messaging_account_events_by_digest` (`tenant_id`,`digest`),
  KEY `messaging_account_events_by_waba_id_topic_at` (`tenant_id`,`waba_id`,`topic`,`at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `messaging_account_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FE0627752BAAE3982B08DD85C,'ba78e974839f624b009fea90fbc1552642e4304222ba2f512d89409f1385bc56','user_preferences','stop','preferences',0x01A22E4F76ED7057AB489C3FDC039561,'220000000000002','info','+447700900124 wants no more marketing','','{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"447700900555\",\"phone_number_id\":\"330000000000003\"},\"user_preferences\":[{\"category\":\"marketing_messages\",\"detail\":\"asked for it\",\"timestamp\":1796073316,\"value\":\"stop\",\"wa_id\":\"447700900124\"}]}','2026-11-30 21:15:16.000000','2026-11-30 21:15:16.450342','[{\"term\":\"marketing_stopped\",\"params\":[{\"name\":\"person\",\"kind\":\"text\",\"value\":\"+447700900124\"}]}]',NULL);
INSERT INTO `messaging_account_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FE0C373E8BA3C123A11FE979A,'9fc0640995ad71003cab13fe2ad6dcedf55e6420aaa90dee9a21d700bd4e0056','message_template_status_update','PAUSED','template',NULL,'220000000000002','warning','Template “summer” (en) is paused','','{\"event\":\"PAUSED\",\"message_template_id\":594,\"message_template_language\":\"en\",\"message_template_name\":\"summer\",\"reason\":\"NONE\"}','2026-11-30 21:15:16.000000','2026-11-30 21:15:16.547640','[{\"term\":\"template_paused\",\"params\":[{\"name\":\"template\",\"kind\":\"text\",\"value\":\"“summer” (en)\"}]}]',NULL);
INSERT INTO `messaging_account_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E50562F70B3B48F42530B947786,'306822d00c2e5f1a4733e44d136d206dc92ada2de9cdec7e64b0c4fa5d231a09','account_update','DISABLED_UPDATE','standing',NULL,'220000000000016','critical','WhatsApp disabled the account','Its numbers cannot send. Ask for a review in WhatsApp Manager (Business Support Home).','{\"ban_info\":{\"waba_ban_date\":\"April 17, 2026\",\"waba_ban_state\":[\"DISABLE\"]},\"event\":\"DISABLED_UPDATE\"}','2026-11-30 21:15:46.000000','2026-11-30 21:15:46.607280','[{\"term\":\"account_disabled\"}]','[{\"term\":\"numbers_cannot_send\"}]');
INSERT INTO `messaging_account_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5040FE7104A2BB97F53F4741B1,'5938f9f877c3e18f9eb193190d97183ae4e134d00ffe2ddcd786cd78cad50ecf','user_preferences','stop','preferences',0x01A22E4F79F073DFAFC231D07672A806,'220000000000009','info','+447700900124 wants no more marketing','','{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"447700900555\",\"phone_number_id\":\"330000000000010\"},\"user_preferences\":[{\"category\":\"marketing_messages\",\"detail\":\"asked for it\",\"timestamp\":1796073341,\"value\":\"stop\",\"wa_id\":\"447700900124\"}]}','2026-11-30 21:15:41.000000','2026-11-30 21:15:41.182761','[{\"term\":\"marketing_stopped\",\"params\":[{\"name\":\"person\",\"kind\":\"text\",\"value\":\"+447700900124\"}]}]',NULL);
INSERT INTO `messaging_account_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E504160748EA4F165241AE39612,'e78ca6b15e6abd75291a761e514949720e474f47a88eae765d3946b8ce037119','message_template_status_update','PAUSED','template',NULL,'220000000000009','warning','Template “summer” (en) is paused','','{\"event\":\"PAUSED\",\"message_template_id\":594,\"message_template_language\":\"en\",\"message_template_name\":\"summer\",\"reason\":\"NONE\"}','2026-11-30 21:15:41.000000','2026-11-30 21:15:41.280181','[{\"term\":\"template_paused\",\"params\":[{\"name\":\"template\",\"kind\":\"text\",\"value\":\"“summer” (en)\"}]}]',NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_amendments` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `target` varchar(256) NOT NULL,
  `wamid` varchar(256) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `channel_id` binary(16) NOT NULL,
  `contact_id` binary(16) DEFAULT NULL,
  `content` longtext NOT NULL,
  `at` datetime(6) NOT NULL,
  PRIMARY KEY (`tenant_id`,`id`),
  UNIQUE KEY `messaging_amendments_by_wamid` (`tenant_id`,`wamid`),
  KEY `messaging_amendments_by_target` (`tenant_id`,`target`),
  KEY `messaging_amendments_by_contact` (`tenant_id`,`contact_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `messaging_amendments` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FB60D7752B62B26FD8306B565,'wamid.Acme1','wamid.Acme3','revoke',0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F865E70488EC29500C33C8155,'','2026-11-30 21:15:05.000000');
INSERT INTO `messaging_amendments` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FB6367482B30040086F2F5473,'wamid.Acme2','wamid.Acme4','edit',0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F865E70488EC29500C33C8155,'{\"text\":{\"body\":\"Good evening\"},\"type\":\"text\"}','2026-11-30 21:15:05.000000');
INSERT INTO `messaging_amendments` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FB6367482B3004009F8DADE45,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAEhgSN0NFN0RFQzMwMDAwMDAwMDAxAA==','wamid.Acme5','reaction',0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F865E70488EC29500C33C8155,'👍','2026-11-30 21:15:05.000000');
INSERT INTO `messaging_amendments` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5016B575BE967B47D65E7D25CA,'wamid.Globex1','wamid.Globex3','revoke',0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FE98277C8A48B9297308378DE,'','2026-11-30 21:15:30.000000');
INSERT INTO `messaging_amendments` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5017E4735FBDD97A02582EDA7C,'wamid.Globex2','wamid.Globex4','edit',0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FE98277C8A48B9297308378DE,'{\"text\":{\"body\":\"Good evening\"},\"type\":\"text\"}','2026-11-30 21:15:30.000000');
INSERT INTO `messaging_amendments` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5017E57409AEDFD2552F31DEB6,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAEhgSNDhERThFREYwMDAwMDAwMDBCAA==','wamid.Globex5','reaction',0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FE98277C8A48B9297308378DE,'👍','2026-11-30 21:15:30.000000');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_channels` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `name` varchar(120) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `phone_number_id` varchar(32) NOT NULL,
  `waba_id` varchar(32) NOT NULL,
  `portfolio_id` varchar(32) DEFAULT NULL,
  `display_phone_number` varchar(32) DEFAULT NULL,
  `verified_name` varchar(200) DEFAULT NULL,
  `quality_rating` varchar(16) DEFAULT NULL,
  `status` varchar(16) NOT NULL,
  `status_reason` longtext DEFAULT NULL,
  `access_token` longtext NOT NULL,
  `app_secret` longtext NOT NULL,
  `verify_token` longtext NOT NULL,
  `throughput` int(11) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  `held_reason` longtext DEFAULT NULL,
  `held_until` datetime(6) DEFAULT NULL,
  `messaging_limit` int(11) DEFAULT NULL,
  `phone_status` varchar(64) DEFAULT NULL,
  `name_status` varchar(64) DEFAULT NULL,
  `released_at` datetime(6) DEFAULT NULL,
  `amendments_until` datetime(6) DEFAULT NULL,
  `restricted_reason` longtext DEFAULT NULL,
  `restricted_until` datetime(6) DEFAULT NULL,
  `status_terms` longtext DEFAULT NULL,
  `held_terms` longtext DEFAULT NULL,
  `restricted_terms` longtext DEFAULT NULL,
  `claim` varchar(16) DEFAULT NULL,
  PRIMARY KEY (`tenant_id`,`id`),
  UNIQUE KEY `messaging_channels_by_phone_number_id` (`tenant_id`,`phone_number_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `messaging_channels` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F76ED7057AB489C3FDC039561,'Main line','simulated','330000000000003','220000000000002',NULL,'+44 7700 900555','Acme','GREEN','connected',NULL,'v1.upgrade.zMXDXBw5yfzIuAhU514sK7rO_6i6ZI7hAj5AKLPULmTFFDyIl0LcgxDo8QlVsGfW59bVGNS-9gIZje4b4mGSuZ_OkyNAnUjNWH0Ur6vticu_ow','v1.upgrade.K71Dp2K_YKTxoIx0glsTMSwXhlkFTYfeQedbmL5Ey24D_GRsUzKGVuIcUU0Lwoltj646-ZaX8gXmyZJD','v1.upgrade.D9gyW5aGIXN0R0LkJyHenEW1rFs3i7_28geavTWnin8GKeY9TMptU51WmksHWvg7tq5cD8yZhqdgj20K',80,'2026-11-30 21:14:49.453939','2026-11-30 21:14:49.475518',NULL,NULL,-1,'CONNECTED','APPROVED',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO `messaging_channels` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F7AAE76C4A3C386A1DD3445AE,'Second line','simulated','330000000000017','220000000000016',NULL,'+44 7700 900556','Acme','GREEN','attention','WhatsApp disabled the account. Ask for a review in WhatsApp Manager (Business Support Home).','v1.upgrade._AI9vVk_i7Aq-fjqvow271LPWh__4vwrh41fbguMlYyhhtnSZDCC4VpQvoaiC9tvxt9itMrp7mklKVQWcc47THeI-PQJfMU9N8YvY_1612SiYQ','v1.upgrade.2gi8p6v_OJzbxxgIRsBHDn6r8jENuBrxe_7vbMIFxnopmKOr_Tg9x7n_yodXvruTgMe-vZoix95SoLhG','v1.upgrade.2d6p6sKPplgor-lnu5XGWtdOttWkibYMkPTsOcc3CCA8YYBM-OvYP8w-yuxG4JZNOH2KZhe1tV39v1zD',80,'2026-11-30 21:14:50.414507','2026-11-30 21:15:46.622609','WhatsApp disabled the account. Ask for a review in WhatsApp Manager (Business Support Home).',NULL,-1,'CONNECTED','APPROVED',NULL,NULL,NULL,NULL,'[{\"term\":\"held_disabled\"}]','[{\"term\":\"held_disabled\"}]',NULL,NULL);
INSERT INTO `messaging_channels` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4F79F073DFAFC231D07672A806,'Main line','simulated','330000000000010','220000000000009',NULL,'+44 7700 900666','Globex','GREEN','connected',NULL,'v1.upgrade.EOdkCQVpiGqMKgJyYwP_FWaPwgWlcD12nOqqBh8o9i9_dD_elN9Ok-sqtWZl9dG0Sm4pUGNS7GSGrOgYfHd1rULCRyCaJ_2G8ViHGUDhGXdMAw','v1.upgrade.vr84Ls9R1b1xwVEfagDe6z-wNm90wfE51sbGyobB9W67i9cK8DPPIqL37y01yDM9dF7f9RAl2SPNP__p','v1.upgrade.xlGCGWUdmQj_1xJ3prIxvbD62pMmpUznB1bpXJtEq7WbBO2GWPsYWQs_qiiNQ8vgBlgzGtjHD2pc-mbq',80,'2026-11-30 21:14:50.224615','2026-11-30 21:14:50.245114',NULL,NULL,-1,'CONNECTED','APPROVED',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_chunks` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `channel_id` binary(16) NOT NULL,
  `lane` varchar(16) NOT NULL,
  `messages` int(11) NOT NULL,
  `fence` bigint(20) NOT NULL DEFAULT 0,
  `done` tinyint(1) NOT NULL DEFAULT 0,
  `created_at` datetime(6) NOT NULL,
  `mark` binary(16) DEFAULT NULL,
  `attempt` int(11) NOT NULL DEFAULT 0,
  PRIMARY KEY (`tenant_id`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `messaging_chunks` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E50547C73EAB86E8E88FDBCE63C,0x01A22E4F7AAE76C4A3C386A1DD3445AE,'bulk',1,1,0,'2026-11-30 21:15:46.172913',NULL,0);
INSERT INTO `messaging_chunks` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E505493741AACC1838D6BE17B9C,0x01A22E4F7AAE76C4A3C386A1DD3445AE,'bulk',1,1,0,'2026-11-30 21:15:46.195175',NULL,0);
INSERT INTO `messaging_chunks` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E5054A6706B9030854C4463E29E,0x01A22E4F7AAE76C4A3C386A1DD3445AE,'bulk',1,1,0,'2026-11-30 21:15:46.214649',NULL,0);
INSERT INTO `messaging_chunks` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E507F9A7520AB45C65CD8416E77,0x01A22E4F76ED7057AB489C3FDC039561,'bulk',1,0,0,'2026-11-30 21:15:57.210546',NULL,0);
INSERT INTO `messaging_chunks` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E507FBA7055B77B1C9E30EEEC0B,0x01A22E4F76ED7057AB489C3FDC039561,'bulk',1,0,0,'2026-11-30 21:15:57.242770',NULL,0);
INSERT INTO `messaging_chunks` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E507FCB731D80A8E35F8170FC83,0x01A22E4F76ED7057AB489C3FDC039561,'bulk',1,0,0,'2026-11-30 21:15:57.259718',NULL,0);
INSERT INTO `messaging_chunks` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E5089647343B9147E323BE1518B,0x01A22E4F76ED7057AB489C3FDC039561,'transactional',1,0,0,'2026-11-30 21:15:59.716003',NULL,0);
INSERT INTO `messaging_chunks` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E5089B7716680E55BA3147FA2C9,0x01A22E4F76ED7057AB489C3FDC039561,'interactive',1,0,0,'2026-11-30 21:15:59.798277',NULL,0);
INSERT INTO `messaging_chunks` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5089FD7192984E55C5572CBB2D,0x01A22E4F79F073DFAFC231D07672A806,'transactional',1,0,0,'2026-11-30 21:15:59.869441',NULL,0);
INSERT INTO `messaging_chunks` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E508A1674D8A3BBB0AD757378B7,0x01A22E4F79F073DFAFC231D07672A806,'interactive',1,0,0,'2026-11-30 21:15:59.893770',NULL,0);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_conversations` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `channel_id` binary(16) NOT NULL,
  `contact_id` binary(16) NOT NULL,
  `last_at` datetime(6) NOT NULL,
  `last_message_id` binary(16) DEFAULT NULL,
  `preview` varchar(200) NOT NULL,
  `last_direction` varchar(16) NOT NULL,
  `unread` int(11) NOT NULL DEFAULT 0,
  `last_inbound_at` datetime(6) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `window_phone` varchar(40) DEFAULT NULL,
  PRIMARY KEY (`tenant_id`,`id`),
  UNIQUE KEY `messaging_conversations_by_channel_id_contact_id` (`tenant_id`,`channel_id`,`contact_id`),
  KEY `messaging_conversations_by_last_at_id` (`tenant_id`,`last_at`,`id`),
  KEY `messaging_conversations_by_contact_id` (`tenant_id`,`contact_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F86997641B555276C2D6D2950,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F865E70488EC29500C33C8155,'2026-11-30 21:15:59.798277',0x01A22E5089B7716680E55BA201CB80F7,'Sent by the next version','outbound',4,'2026-11-30 21:15:03.297115','2026-11-30 21:14:53.465754','+447700900123');
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F9969723CAD27CEA509058FB1,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F994E7630B542CB60102A1583,'2026-11-30 21:14:58.248721',0x01A22E4F999777D38363D0203D351FE1,'Do you open on Sundays?','inbound',1,'2026-11-30 21:14:58.248721','2026-11-30 21:14:58.281969','+447700900124');
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FBF097661B5540119BD7333CB,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4FBF0271B480484E519B2D6C81,'2026-11-30 21:15:07.914216',0x01A22E4FBF0A759A951A8FD8246E1F12,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:07.911569',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FBF3676FEAA1CD2B6C8AB182C,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4FBF2B72339E58501D4C13F929,'2026-11-30 21:15:07.967842',0x01A22E4FBF3F7119A31FE310B551E454,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:07.958099',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FBFBF748EB11FD5C37D09998F,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4FBF9576A39FBEE1F489C36DEE,'2026-11-30 21:15:08.096663',0x01A22E4FBFC07153B54CF450643A7DC6,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:08.095124',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FC0B973019FC1C23AAD784FCD,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4FC05F701A9C9A4ECEC143AF0D,'2026-11-30 21:15:08.347344',0x01A22E4FC0BB759DBA5FB5876511C8A2,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:08.345817',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FCCDC763185B18431CC1D20D9,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4FCC3B72B19216A0143EDCDE1E,'2026-11-30 21:15:14.195756',0x01A22E4FD79F71288BFACE9527B34B2B,'Hola','inbound',1,'2026-11-30 21:15:14.195756','2026-11-30 21:15:11.452241','+525550000009');
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E50547C73EAB86E8E86008AA64E,0x01A22E4F7AAE76C4A3C386A1DD3445AE,0x01A22E50547974D793F85104FC2A1D29,'2026-11-30 21:15:46.172913',0x01A22E50547C73EAB86E8E87C9224414,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:46.172047',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E50549274BA838DCBA1CEC98371,0x01A22E4F7AAE76C4A3C386A1DD3445AE,0x01A22E50549070E2B1D8C8524C0474E2,'2026-11-30 21:15:46.195175',0x01A22E505493741AACC1838C2527EB48,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:46.194504',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E5054A6706B9030854A0889DA8A,0x01A22E4F7AAE76C4A3C386A1DD3445AE,0x01A22E5054A475EE86D7E908CFAC0751,'2026-11-30 21:15:46.214649',0x01A22E5054A6706B9030854B71CC7E44,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:46.214372',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E507F99762BBFBAAFA0B559D203,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E507F9470A293224EF93877AFB2,'2026-11-30 21:15:57.210546',0x01A22E507F9A7520AB45C65B234BA047,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:57.209788',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E507FBA7055B77B1C9CF0833577,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E507FB177EF84C192628BECE384,'2026-11-30 21:15:57.242770',0x01A22E507FBA7055B77B1C9DCEF9F2B8,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:57.242315',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E507FCB731D80A8E35D62F9B30D,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E507FC87479986F654B1DB82500,'2026-11-30 21:15:57.259718',0x01A22E507FCB731D80A8E35E0A4C128A,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:57.259361',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E508963740FBA886F1CBBA9F87E,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E50895E7503B7637DB6A020073D,'2026-11-30 21:15:59.716003',0x01A22E5089647343B9147E311B9F7566,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:59.715625',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FE9B972299AAFBDB2E66321AA,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FE98277C8A48B9297308378DE,'2026-11-30 21:15:59.893770',0x01A22E508A1674D8A3BBB0ACAF0D6436,'Sent by the next version','outbound',4,'2026-11-30 21:15:28.105051','2026-11-30 21:15:18.841234','+447700900123');
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FFB4E750BA232F7C0AE0AC28B,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FFB4772599F7FF993B3F7F77D,'2026-11-30 21:15:23.326154',0x01A22E4FFB4F7557B20F744533F27831,'Do you open on Sundays?','inbound',1,'2026-11-30 21:15:23.326154','2026-11-30 21:15:23.342532','+447700900124');
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E502154737A84324ECF54185C54,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E50215176B7BD72706F5F488E05,'2026-11-30 21:15:33.077303',0x01A22E502155779AA77BF01BA69B8DDF,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:33.076678',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E50216E70999E671519E1B8E959,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E50216B7798B857A5D075943B75,'2026-11-30 21:15:33.102817',0x01A22E50216E70999E67151AD6DEC5C1,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:33.102109',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E50218F70E3BA0534972F9B5EC9,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E50218A702FA5370323FD83A12D,'2026-11-30 21:15:33.135598',0x01A22E50218F70E3BA053498CCBC21AD,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:33.135214',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5021BB7630819C3B578281749E,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E5021B873F3B0AC71EAB8898EE5,'2026-11-30 21:15:33.180025',0x01A22E5021BC71378263EE2230AAC335,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:33.179065',NULL);
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E502CFE711C9D343CA82A7667F1,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E502CF871299B78E8E88BC26309,'2026-11-30 21:15:38.819940',0x01A22E5037D8774BB8B625376F5AB4D5,'Hola','inbound',1,'2026-11-30 21:15:38.819940','2026-11-30 21:15:36.062700','+525550000009');
INSERT INTO `messaging_conversations` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5089FD7192984E55C3872EA4F5,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E5089FA7745AD7C925FE2F0F28E,'2026-11-30 21:15:59.869441',0x01A22E5089FD7192984E55C4A978BA9E,'📋 hello_world','outbound',0,NULL,'2026-11-30 21:15:59.869077',NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_idempotency_keys` (
  `tenant_id` binary(16) NOT NULL,
  `key` varchar(200) NOT NULL,
  `digest` varchar(64) NOT NULL,
  `message_id` binary(16) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`tenant_id`,`key`),
  KEY `messaging_idempotency_keys_by_created_at` (`tenant_id`,`created_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `messaging_idempotency_keys` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,'key_01a22e4f76cd7732b5c9909d14d5b62e:order-7','ba6dbb57a00b9fb90500278be5f10d83c4e77d735b7bda2cf79b706cdb1b9bd3',0x01A22E4FC0BB759DBA5FB5876511C8A2,'2026-11-30 21:15:08.352362');
INSERT INTO `messaging_idempotency_keys` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,'key_01a22e4f78bb7262ad819892c74cedd8:order-7','82e673b36189e4034a13e4c604a621301b01d38e078f4fe6ba9caf89ade39e8b',0x01A22E5021BC71378263EE2230AAC335,'2026-11-30 21:15:33.181563');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_inbox` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `body` longblob NOT NULL,
  `own_path` tinyint(1) NOT NULL,
  `received_at` datetime(6) NOT NULL,
  `tries` int(11) DEFAULT NULL,
  PRIMARY KEY (`tenant_id`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `messaging_inbox` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E5089D573CB940C0E005A5ECD93,0x7B226F626A656374223A202277686174736170705F627573696E6573735F6163636F756E74222C2022656E747279223A205B7B226964223A2022323230303030303030303030303032222C202274696D65223A20313739363037333335392C20226368616E676573223A205B7B226669656C64223A20226D65737361676573222C202276616C7565223A207B226D6573736167696E675F70726F64756374223A20227768617473617070222C20226D65746164617461223A207B22646973706C61795F70686F6E655F6E756D626572223A2022343437373030393030353535222C202270686F6E655F6E756D6265725F6964223A2022333330303030303030303030303033227D2C2022636F6E7461637473223A205B7B2277615F6964223A2022343437373030393030313238222C202270726F66696C65223A207B226E616D65223A20224E61646961227D7D5D2C20226D65737361676573223A205B7B2266726F6D223A2022343437373030393030313238222C20226964223A202277616D69642E41636D6536222C202274696D657374616D70223A202231373936303733333539222C202274797065223A202274657874222C202274657874223A207B22626F6479223A202253746F726564206279207468652076657273696F6E206265666F7265227D7D5D7D7D5D7D5D7D,1,'2026-11-30 21:15:59.829479',NULL);
INSERT INTO `messaging_inbox` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E508A2A7167AFDED425D4C277B5,0x7B226F626A656374223A202277686174736170705F627573696E6573735F6163636F756E74222C2022656E747279223A205B7B226964223A2022323230303030303030303030303039222C202274696D65223A20313739363037333335392C20226368616E676573223A205B7B226669656C64223A20226D65737361676573222C202276616C7565223A207B226D6573736167696E675F70726F64756374223A20227768617473617070222C20226D65746164617461223A207B22646973706C61795F70686F6E655F6E756D626572223A2022343437373030393030353535222C202270686F6E655F6E756D6265725F6964223A2022333330303030303030303030303130227D2C2022636F6E7461637473223A205B7B2277615F6964223A2022343437373030393030313238222C202270726F66696C65223A207B226E616D65223A20224E61646961227D7D5D2C20226D65737361676573223A205B7B2266726F6D223A2022343437373030393030313238222C20226964223A202277616D69642E476C6F62657836222C202274696D657374616D70223A202231373936303733333539222C202274797065223A202274657874222C202274657874223A207B22626F6479223A202253746F726564206279207468652076657273696F6E206265666F7265227D7D5D7D7D5D7D5D7D,1,'2026-11-30 21:15:59.914118',NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_media` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `direction` varchar(16) NOT NULL,
  `kind` varchar(16) NOT NULL,
  `mime` varchar(128) NOT NULL,
  `size` bigint(20) DEFAULT NULL,
  `sha256` varchar(64) DEFAULT NULL,
  `file_name` varchar(255) DEFAULT NULL,
  `state` varchar(16) NOT NULL,
  `reason` varchar(500) DEFAULT NULL,
  `whatsapp_id` varchar(128) DEFAULT NULL,
  `whatsapp_until` datetime(6) DEFAULT NULL,
  `claimed_sha256` varchar(128) DEFAULT NULL,
  `url` longtext DEFAULT NULL,
  `channel_id` binary(16) DEFAULT NULL,
  `conversation_id` binary(16) DEFAULT NULL,
  `message_id` binary(16) DEFAULT NULL,
  `used_at` datetime(6) DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `reason_terms` longtext DEFAULT NULL,
  PRIMARY KEY (`tenant_id`,`id`),
  KEY `messaging_media_by_message_id` (`tenant_id`,`message_id`),
  KEY `messaging_media_by_state` (`tenant_id`,`state`),
  KEY `messaging_media_by_conversation` (`tenant_id`,`conversation_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `messaging_media` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FA3DC764BA82E305833BBCAEB,'inbound','image','image/jpeg',3243,'198c0dd1035abed950aa2cb4907f5bafdba632328cb2812092a8017916414211',NULL,'ready',NULL,'550000000000022','2026-12-07 21:15:00.947845','GYwN0QNavtlQqiy0kH9br9umMjKMsoEgkqgBeRZBQhE=',NULL,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F86997641B555276C2D6D2950,0x01A22E4FA3DB72F695341278D3FFBDE5,NULL,'2026-11-30 21:15:00.956467',NULL);
INSERT INTO `messaging_media` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FE087742F94634850D047EC47,'outbound','image','image/png',70,'6b7fa434f92a8b80aab02d9bf1a12e49ffcae424e4013a1c4f68b67e3d2bbcd0',NULL,'ready',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:15:16.487865',NULL);
INSERT INTO `messaging_media` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5004E373D0A8255AAAF7E474EA,'inbound','image','image/jpeg',3243,'198c0dd1035abed950aa2cb4907f5bafdba632328cb2812092a8017916414211',NULL,'ready',NULL,'550000000000023','2026-12-07 21:15:25.792245','GYwN0QNavtlQqiy0kH9br9umMjKMsoEgkqgBeRZBQhE=',NULL,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FE9B972299AAFBDB2E66321AA,0x01A22E5004E373D0A8255AA99ADD78C4,NULL,'2026-11-30 21:15:25.795960',NULL);
INSERT INTO `messaging_media` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E50414F72438E835C5DED8EFDEF,'outbound','image','image/png',70,'6b7fa434f92a8b80aab02d9bf1a12e49ffcae424e4013a1c4f68b67e3d2bbcd0',NULL,'ready',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:15:41.263613',NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_media_copies` (
  `tenant_id` binary(16) NOT NULL,
  `media_id` binary(16) NOT NULL,
  `channel_id` binary(16) NOT NULL,
  `whatsapp_id` varchar(128) NOT NULL,
  `until` datetime(6) NOT NULL,
  PRIMARY KEY (`tenant_id`,`media_id`,`channel_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_messages` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `conversation_id` binary(16) NOT NULL,
  `channel_id` binary(16) NOT NULL,
  `contact_id` binary(16) NOT NULL,
  `direction` varchar(16) NOT NULL,
  `kind` varchar(32) NOT NULL,
  `status` varchar(16) NOT NULL,
  `status_rank` int(11) NOT NULL,
  `content` longtext NOT NULL,
  `preview` varchar(200) NOT NULL,
  `wamid` varchar(256) DEFAULT NULL,
  `reply_to` varchar(256) DEFAULT NULL,
  `sent_by` longtext DEFAULT NULL,
  `error` longtext DEFAULT NULL,
  `raw` longtext DEFAULT NULL,
  `chunk_id` binary(16) DEFAULT NULL,
  `sent_at` datetime(6) DEFAULT NULL,
  `delivered_at` datetime(6) DEFAULT NULL,
  `read_at` datetime(6) DEFAULT NULL,
  `failed_at` datetime(6) DEFAULT NULL,
  `at` datetime(6) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `edited_at` datetime(6) DEFAULT NULL,
  `revoked_at` datetime(6) DEFAULT NULL,
  `original` longtext DEFAULT NULL,
  PRIMARY KEY (`tenant_id`,`id`),
  UNIQUE KEY `messaging_messages_by_wamid` (`tenant_id`,`wamid`),
  KEY `messaging_messages_by_conversation_id_at_id` (`tenant_id`,`conversation_id`,`at`,`id`),
  KEY `messaging_messages_by_chunk_id` (`tenant_id`,`chunk_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F869A739E973102EF8ACDC6A2,0x01A22E4F86997641B555276C2D6D2950,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F865E70488EC29500C33C8155,'inbound','text','received',0,'{\"body\":\"Is my order on its way?\"}','Is my order on its way?','wamid.HBgMNDQ3NzAwOTAwMTIzFQIAEhgSN0NFN0RFQzMwMDAwMDAwMDAxAA==',NULL,NULL,NULL,'{\"from\":\"447700900123\",\"from_user_id\":\"GB.27673070610732\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAEhgSN0NFN0RFQzMwMDAwMDAwMDAxAA==\",\"text\":{\"body\":\"Is my order on its way?\"},\"timestamp\":\"1796073293\",\"type\":\"text\"}',NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:14:53.456697','2026-11-30 21:14:53.456697',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F907277DDA5713EEBD29C6C94,0x01A22E4F86997641B555276C2D6D2950,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F865E70488EC29500C33C8155,'outbound','text','read',80,'{\"body\":\"It left this morning\",\"preview_url\":false}','It left this morning','wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSN0FBMTUwQTEwMDAwMDAwMDAyAA==',NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E4F907277DDA5713EEC3E07A1FF,'2026-11-30 21:14:56.000000','2026-11-30 21:14:56.000000','2026-11-30 21:14:56.000000',NULL,'2026-11-30 21:14:55.985145','2026-11-30 21:14:55.985145',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F991A70218382D9B0F72DC184,0x01A22E4F86997641B555276C2D6D2950,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F865E70488EC29500C33C8155,'outbound','text','read',80,'{\"body\":\"You will have it tomorrow\",\"preview_url\":false}','You will have it tomorrow','wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSNDg4NUI5OUUwMDAwMDAwMDA0AA==','wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSN0FBMTUwQTEwMDAwMDAwMDAyAA==','{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E4F991A70218382D9B1983292F7,'2026-11-30 21:14:58.000000','2026-11-30 21:14:58.000000','2026-11-30 21:14:58.000000',NULL,'2026-11-30 21:14:58.201250','2026-11-30 21:14:58.201250',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F999777D38363D0203D351FE1,0x01A22E4F9969723CAD27CEA509058FB1,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F994E7630B542CB60102A1583,'inbound','text','received',0,'{\"body\":\"Do you open on Sundays?\"}','Do you open on Sundays?','wamid.HBgMNDQ3NzAwOTAwMTI0FQIAEhgSQjMxRjU0RkQwMDAwMDAwMDAzAA==',NULL,NULL,NULL,'{\"from\":\"447700900124\",\"from_user_id\":\"GB.35583214481860\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI0FQIAEhgSQjMxRjU0RkQwMDAwMDAwMDAzAA==\",\"text\":{\"body\":\"Do you open on Sundays?\"},\"timestamp\":\"1796073298\",\"type\":\"text\"}',NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:14:58.248721','2026-11-30 21:14:58.248721',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FA3DB72F695341278D3FFBDE5,0x01A22E4F86997641B555276C2D6D2950,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F865E70488EC29500C33C8155,'inbound','image','received',0,'{\"caption\":\"The gate\",\"id\":\"550000000000022\",\"mime_type\":\"image/jpeg\",\"sha256\":\"GYwN0QNavtlQqiy0kH9br9umMjKMsoEgkqgBeRZBQhE=\",\"url\":\"http://127.0.0.1:43381/_media/550000000000022.1796073600.05134621edabbb41b0fb8907\"}','📷 The gate','wamid.HBgMNDQ3NzAwOTAwMTIzFQIAEhgSMDkyNzk2RDcwMDAwMDAwMDA1AA==',NULL,NULL,NULL,'{\"from\":\"447700900123\",\"from_user_id\":\"GB.27673070610732\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAEhgSMDkyNzk2RDcwMDAwMDAwMDA1AA==\",\"image\":{\"caption\":\"The gate\",\"id\":\"550000000000022\",\"mime_type\":\"image/jpeg\",\"sha256\":\"GYwN0QNavtlQqiy0kH9br9umMjKMsoEgkqgBeRZBQhE=\",\"url\":\"http://127.0.0.1:43381/_media/550000000000022.1796073600.05134621edabbb41b0fb8907\"},\"timestamp\":\"1796073300\",\"type\":\"image\"}',NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:15:00.947845','2026-11-30 21:15:00.947845',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FACE1754E821271270CE86EAB,0x01A22E4F86997641B555276C2D6D2950,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F865E70488EC29500C33C8155,'inbound','text','received',0,'{\"body\":\"By mistake\"}','By mistake','wamid.Acme1',NULL,NULL,NULL,'{\"from\":\"447700900123\",\"id\":\"wamid.Acme1\",\"text\":{\"body\":\"By mistake\"},\"timestamp\":\"1796073303\",\"type\":\"text\"}',NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:15:03.258083','2026-11-30 21:15:03.258083',NULL,'2026-11-30 21:15:05.000000',NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FAD047517801778DB5BBD3191,0x01A22E4F86997641B555276C2D6D2950,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F865E70488EC29500C33C8155,'inbound','text','received',0,'{\"body\":\"Good evening\"}','Good evening','wamid.Acme2',NULL,NULL,NULL,'{\"from\":\"447700900123\",\"id\":\"wamid.Acme2\",\"text\":{\"body\":\"Good morning\"},\"timestamp\":\"1796073303\",\"type\":\"text\"}',NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:15:03.297115','2026-11-30 21:15:03.297115','2026-11-30 21:15:05.000000',NULL,'{\"body\":\"Good morning\"}');
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FBF0A759A951A8FD8246E1F12,0x01A22E4FBF097661B5540119BD7333CB,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4FBF0271B480484E519B2D6C81,'outbound','template','read',80,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world','wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSMzBDQjU4NjIwMDAwMDAwMDA2AA==',NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E4FBF0A759A951A8FD957224B74,'2026-11-30 21:15:07.000000','2026-11-30 21:15:07.000000','2026-11-30 21:15:07.000000',NULL,'2026-11-30 21:15:07.914216','2026-11-30 21:15:07.914216',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FBF3F7119A31FE310B551E454,0x01A22E4FBF3676FEAA1CD2B6C8AB182C,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4FBF2B72339E58501D4C13F929,'outbound','template','failed',60,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world','wamid.HBgMOTk5MDAwMTMxMDI2FQIAERgSMEEwNzJBMjQwMDAwMDAwMDA3AA==',NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}','{\"code\":131026,\"title\":\"Message undeliverable\",\"detail\":\"Message Undeliverable.\"}',NULL,0x01A22E4FBF3F7119A31FE3116B95E4EF,NULL,NULL,NULL,'2026-11-30 21:15:08.000000','2026-11-30 21:15:07.967842','2026-11-30 21:15:07.967842',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FBFC07153B54CF450643A7DC6,0x01A22E4FBFBF748EB11FD5C37D09998F,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4FBF9576A39FBEE1F489C36DEE,'outbound','template','failed',60,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world',NULL,NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}','{\"code\":131026,\"title\":\"Message undeliverable\",\"detail\":\"Message Undeliverable.\"}',NULL,0x01A22E4FBFC07153B54CF451959B04AA,NULL,NULL,NULL,'2026-11-30 21:15:08.378080','2026-11-30 21:15:08.096663','2026-11-30 21:15:08.096663',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FC0BB759DBA5FB5876511C8A2,0x01A22E4FC0B973019FC1C23AAD784FCD,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4FC05F701A9C9A4ECEC143AF0D,'outbound','template','read',80,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world','wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSNjAxRUVGN0EwMDAwMDAwMDA4AA==',NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E4FC0BB759DBA5FB5889256D0A9,'2026-11-30 21:15:08.000000','2026-11-30 21:15:08.000000','2026-11-30 21:15:08.000000',NULL,'2026-11-30 21:15:08.347344','2026-11-30 21:15:08.347344',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FCCDC763185B184322C55E598,0x01A22E4FCCDC763185B18431CC1D20D9,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4FCC3B72B19216A0143EDCDE1E,'outbound','template','read',80,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world','wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSOUFFMUQ1MjgwMDAwMDAwMDA5AA==',NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E4FCCDC763185B184330A7DC845,'2026-11-30 21:15:11.000000','2026-11-30 21:15:11.000000','2026-11-30 21:15:11.000000',NULL,'2026-11-30 21:15:11.452922','2026-11-30 21:15:11.452922',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FD79F71288BFACE9527B34B2B,0x01A22E4FCCDC763185B18431CC1D20D9,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4FCC3B72B19216A0143EDCDE1E,'inbound','text','received',0,'{\"body\":\"Hola\"}','Hola','wamid.HBgMNTI1NTUwMDAwMDA5FQIAEhgSMUM1RDBBNUQwMDAwMDAwMDBBAA==',NULL,NULL,NULL,'{\"from\":\"525550000009\",\"from_user_id\":\"MX.71925672564876\",\"id\":\"wamid.HBgMNTI1NTUwMDAwMDA5FQIAEhgSMUM1RDBBNUQwMDAwMDAwMDBBAA==\",\"text\":{\"body\":\"Hola\"},\"timestamp\":\"1796073314\",\"type\":\"text\"}',NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:15:14.195756','2026-11-30 21:15:14.195756',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E50547C73EAB86E8E87C9224414,0x01A22E50547C73EAB86E8E86008AA64E,0x01A22E4F7AAE76C4A3C386A1DD3445AE,0x01A22E50547974D793F85104FC2A1D29,'outbound','template','queued',10,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world',NULL,NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E50547C73EAB86E8E88FDBCE63C,NULL,NULL,NULL,NULL,'2026-11-30 21:15:46.172913','2026-11-30 21:15:46.172913',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E505493741AACC1838C2527EB48,0x01A22E50549274BA838DCBA1CEC98371,0x01A22E4F7AAE76C4A3C386A1DD3445AE,0x01A22E50549070E2B1D8C8524C0474E2,'outbound','template','queued',10,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world',NULL,NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E505493741AACC1838D6BE17B9C,NULL,NULL,NULL,NULL,'2026-11-30 21:15:46.195175','2026-11-30 21:15:46.195175',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E5054A6706B9030854B71CC7E44,0x01A22E5054A6706B9030854A0889DA8A,0x01A22E4F7AAE76C4A3C386A1DD3445AE,0x01A22E5054A475EE86D7E908CFAC0751,'outbound','template','queued',10,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world',NULL,NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E5054A6706B9030854C4463E29E,NULL,NULL,NULL,NULL,'2026-11-30 21:15:46.214649','2026-11-30 21:15:46.214649',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E507F9A7520AB45C65B234BA047,0x01A22E507F99762BBFBAAFA0B559D203,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E507F9470A293224EF93877AFB2,'outbound','template','queued',10,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world',NULL,NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E507F9A7520AB45C65CD8416E77,NULL,NULL,NULL,NULL,'2026-11-30 21:15:57.210546','2026-11-30 21:15:57.210546',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E507FBA7055B77B1C9DCEF9F2B8,0x01A22E507FBA7055B77B1C9CF0833577,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E507FB177EF84C192628BECE384,'outbound','template','queued',10,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world',NULL,NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E507FBA7055B77B1C9E30EEEC0B,NULL,NULL,NULL,NULL,'2026-11-30 21:15:57.242770','2026-11-30 21:15:57.242770',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E507FCB731D80A8E35E0A4C128A,0x01A22E507FCB731D80A8E35D62F9B30D,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E507FC87479986F654B1DB82500,'outbound','template','queued',10,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world',NULL,NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E507FCB731D80A8E35F8170FC83,NULL,NULL,NULL,NULL,'2026-11-30 21:15:57.259718','2026-11-30 21:15:57.259718',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E5089647343B9147E311B9F7566,0x01A22E508963740FBA886F1CBBA9F87E,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E50895E7503B7637DB6A020073D,'outbound','template','queued',10,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world',NULL,NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E5089647343B9147E323BE1518B,NULL,NULL,NULL,NULL,'2026-11-30 21:15:59.716003','2026-11-30 21:15:59.716003',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E5089B7716680E55BA201CB80F7,0x01A22E4F86997641B555276C2D6D2950,0x01A22E4F76ED7057AB489C3FDC039561,0x01A22E4F865E70488EC29500C33C8155,'outbound','text','queued',10,'{\"body\":\"Sent by the next version\",\"preview_url\":false}','Sent by the next version',NULL,NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f76cd7732b5c9909d14d5b62e\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E5089B7716680E55BA3147FA2C9,NULL,NULL,NULL,NULL,'2026-11-30 21:15:59.798277','2026-11-30 21:15:59.798277',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FE9B972299AAFBDB3108C436E,0x01A22E4FE9B972299AAFBDB2E66321AA,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FE98277C8A48B9297308378DE,'inbound','text','received',0,'{\"body\":\"Is my order on its way?\"}','Is my order on its way?','wamid.HBgMNDQ3NzAwOTAwMTIzFQIAEhgSNDhERThFREYwMDAwMDAwMDBCAA==',NULL,NULL,NULL,'{\"from\":\"447700900123\",\"from_user_id\":\"GB.27673070610732\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAEhgSNDhERThFREYwMDAwMDAwMDBCAA==\",\"text\":{\"body\":\"Is my order on its way?\"},\"timestamp\":\"1796073318\",\"type\":\"text\"}',NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:15:18.835293','2026-11-30 21:15:18.835293',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FF27475D78E83614BC5D5DE4F,0x01A22E4FE9B972299AAFBDB2E66321AA,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FE98277C8A48B9297308378DE,'outbound','text','read',80,'{\"body\":\"It left this morning\",\"preview_url\":false}','It left this morning','wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSREI0NDE4MEMwMDAwMDAwMDBDAA==',NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f78bb7262ad819892c74cedd8\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E4FF27475D78E83614C00EFFDA1,'2026-11-30 21:15:21.000000','2026-11-30 21:15:21.000000','2026-11-30 21:15:21.000000',NULL,'2026-11-30 21:15:21.075419','2026-11-30 21:15:21.075419',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FFB047738854CC469F5421924,0x01A22E4FE9B972299AAFBDB2E66321AA,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FE98277C8A48B9297308378DE,'outbound','text','read',80,'{\"body\":\"You will have it tomorrow\",\"preview_url\":false}','You will have it tomorrow','wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSODUyNDhGNEUwMDAwMDAwMDBFAA==','wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSREI0NDE4MEMwMDAwMDAwMDBDAA==','{\"kind\":\"api_key\",\"id\":\"key_01a22e4f78bb7262ad819892c74cedd8\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E4FFB047738854CC46A464073A7,'2026-11-30 21:15:23.000000','2026-11-30 21:15:23.000000','2026-11-30 21:15:23.000000',NULL,'2026-11-30 21:15:23.267056','2026-11-30 21:15:23.267056',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FFB4F7557B20F744533F27831,0x01A22E4FFB4E750BA232F7C0AE0AC28B,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FFB4772599F7FF993B3F7F77D,'inbound','text','received',0,'{\"body\":\"Do you open on Sundays?\"}','Do you open on Sundays?','wamid.HBgMNDQ3NzAwOTAwMTI0FQIAEhgSNjk3MkNEQjkwMDAwMDAwMDBEAA==',NULL,NULL,NULL,'{\"from\":\"447700900124\",\"from_user_id\":\"GB.35583214481860\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI0FQIAEhgSNjk3MkNEQjkwMDAwMDAwMDBEAA==\",\"text\":{\"body\":\"Do you open on Sundays?\"},\"timestamp\":\"1796073323\",\"type\":\"text\"}',NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:15:23.326154','2026-11-30 21:15:23.326154',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5004E373D0A8255AA99ADD78C4,0x01A22E4FE9B972299AAFBDB2E66321AA,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FE98277C8A48B9297308378DE,'inbound','image','received',0,'{\"caption\":\"The gate\",\"id\":\"550000000000023\",\"mime_type\":\"image/jpeg\",\"sha256\":\"GYwN0QNavtlQqiy0kH9br9umMjKMsoEgkqgBeRZBQhE=\",\"url\":\"http://127.0.0.1:43381/_media/550000000000023.1796073625.570c804663348f58a108b99e\"}','📷 The gate','wamid.HBgMNDQ3NzAwOTAwMTIzFQIAEhgSOTFBRjVDMTUwMDAwMDAwMDBGAA==',NULL,NULL,NULL,'{\"from\":\"447700900123\",\"from_user_id\":\"GB.27673070610732\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAEhgSOTFBRjVDMTUwMDAwMDAwMDBGAA==\",\"image\":{\"caption\":\"The gate\",\"id\":\"550000000000023\",\"mime_type\":\"image/jpeg\",\"sha256\":\"GYwN0QNavtlQqiy0kH9br9umMjKMsoEgkqgBeRZBQhE=\",\"url\":\"http://127.0.0.1:43381/_media/550000000000023.1796073625.570c804663348f58a108b99e\"},\"timestamp\":\"1796073325\",\"type\":\"image\"}',NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:15:25.792245','2026-11-30 21:15:25.792245',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E500DB9729A87D21CA886EA0705,0x01A22E4FE9B972299AAFBDB2E66321AA,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FE98277C8A48B9297308378DE,'inbound','text','received',0,'{\"body\":\"By mistake\"}','By mistake','wamid.Globex1',NULL,NULL,NULL,'{\"from\":\"447700900123\",\"id\":\"wamid.Globex1\",\"text\":{\"body\":\"By mistake\"},\"timestamp\":\"1796073328\",\"type\":\"text\"}',NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:15:28.055250','2026-11-30 21:15:28.055250',NULL,'2026-11-30 21:15:30.000000',NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E500DEC756FB03C654E5D8060EC,0x01A22E4FE9B972299AAFBDB2E66321AA,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FE98277C8A48B9297308378DE,'inbound','text','received',0,'{\"body\":\"Good evening\"}','Good evening','wamid.Globex2',NULL,NULL,NULL,'{\"from\":\"447700900123\",\"id\":\"wamid.Globex2\",\"text\":{\"body\":\"Good morning\"},\"timestamp\":\"1796073328\",\"type\":\"text\"}',NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:15:28.105051','2026-11-30 21:15:28.105051','2026-11-30 21:15:30.000000',NULL,'{\"body\":\"Good morning\"}');
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E502155779AA77BF01BA69B8DDF,0x01A22E502154737A84324ECF54185C54,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E50215176B7BD72706F5F488E05,'outbound','template','read',80,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world','wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSNTJGNkI1OTAwMDAwMDAwMDEwAA==',NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f78bb7262ad819892c74cedd8\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E502155779AA77BF01C72D0960D,'2026-11-30 21:15:33.000000','2026-11-30 21:15:33.000000','2026-11-30 21:15:33.000000',NULL,'2026-11-30 21:15:33.077303','2026-11-30 21:15:33.077303',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E50216E70999E67151AD6DEC5C1,0x01A22E50216E70999E671519E1B8E959,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E50216B7798B857A5D075943B75,'outbound','template','failed',60,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world','wamid.HBgMOTk5MDAwMTMxMDI2FQIAERgSRDhGREI4ODkwMDAwMDAwMDExAA==',NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f78bb7262ad819892c74cedd8\",\"name\":\"Everything\"}','{\"code\":131026,\"title\":\"Message undeliverable\",\"detail\":\"Message Undeliverable.\"}',NULL,0x01A22E50216E70999E67151BEBB0AC44,NULL,NULL,NULL,'2026-11-30 21:15:33.000000','2026-11-30 21:15:33.102817','2026-11-30 21:15:33.102817',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E50218F70E3BA053498CCBC21AD,0x01A22E50218F70E3BA0534972F9B5EC9,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E50218A702FA5370323FD83A12D,'outbound','template','failed',60,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world',NULL,NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f78bb7262ad819892c74cedd8\",\"name\":\"Everything\"}','{\"code\":131026,\"title\":\"Message undeliverable\",\"detail\":\"Message Undeliverable.\"}',NULL,0x01A22E50218F70E3BA053499129E7952,NULL,NULL,NULL,'2026-11-30 21:15:33.311274','2026-11-30 21:15:33.135598','2026-11-30 21:15:33.135598',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5021BC71378263EE2230AAC335,0x01A22E5021BB7630819C3B578281749E,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E5021B873F3B0AC71EAB8898EE5,'outbound','template','read',80,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world','wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSQUFGMzcyMzEwMDAwMDAwMDEyAA==',NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f78bb7262ad819892c74cedd8\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E5021BC71378263EE2354B23EDC,'2026-11-30 21:15:33.000000','2026-11-30 21:15:33.000000','2026-11-30 21:15:33.000000',NULL,'2026-11-30 21:15:33.180025','2026-11-30 21:15:33.180025',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E502CFF70F99F334BE03214DE2A,0x01A22E502CFE711C9D343CA82A7667F1,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E502CF871299B78E8E88BC26309,'outbound','template','read',80,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world','wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSM0YxQzdGNDAwMDAwMDAwMDEzAA==',NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f78bb7262ad819892c74cedd8\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E502CFF70F99F334BE120D1A8B3,'2026-11-30 21:15:36.000000','2026-11-30 21:15:36.000000','2026-11-30 21:15:36.000000',NULL,'2026-11-30 21:15:36.063233','2026-11-30 21:15:36.063233',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5037D8774BB8B625376F5AB4D5,0x01A22E502CFE711C9D343CA82A7667F1,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E502CF871299B78E8E88BC26309,'inbound','text','received',0,'{\"body\":\"Hola\"}','Hola','wamid.HBgMNTI1NTUwMDAwMDA5FQIAEhgSRjAzMzlDQTkwMDAwMDAwMDE0AA==',NULL,NULL,NULL,'{\"from\":\"525550000009\",\"from_user_id\":\"MX.71925672564876\",\"id\":\"wamid.HBgMNTI1NTUwMDAwMDA5FQIAEhgSRjAzMzlDQTkwMDAwMDAwMDE0AA==\",\"text\":{\"body\":\"Hola\"},\"timestamp\":\"1796073338\",\"type\":\"text\"}',NULL,NULL,NULL,NULL,NULL,'2026-11-30 21:15:38.819940','2026-11-30 21:15:38.819940',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5089FD7192984E55C4A978BA9E,0x01A22E5089FD7192984E55C3872EA4F5,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E5089FA7745AD7C925FE2F0F28E,'outbound','template','queued',10,'{\"language\":{\"code\":\"en_US\"},\"name\":\"hello_world\"}','📋 hello_world',NULL,NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f78bb7262ad819892c74cedd8\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E5089FD7192984E55C5572CBB2D,NULL,NULL,NULL,NULL,'2026-11-30 21:15:59.869441','2026-11-30 21:15:59.869441',NULL,NULL,NULL);
INSERT INTO `messaging_messages` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E508A1674D8A3BBB0ACAF0D6436,0x01A22E4FE9B972299AAFBDB2E66321AA,0x01A22E4F79F073DFAFC231D07672A806,0x01A22E4FE98277C8A48B9297308378DE,'outbound','text','queued',10,'{\"body\":\"Sent by the next version\",\"preview_url\":false}','Sent by the next version',NULL,NULL,'{\"kind\":\"api_key\",\"id\":\"key_01a22e4f78bb7262ad819892c74cedd8\",\"name\":\"Everything\"}',NULL,NULL,0x01A22E508A1674D8A3BBB0AD757378B7,NULL,NULL,NULL,NULL,'2026-11-30 21:15:59.893770','2026-11-30 21:15:59.893770',NULL,NULL,NULL);
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_openings` (
  `tenant_id` binary(16) NOT NULL,
  `portfolio` varchar(32) NOT NULL,
  `contact_id` binary(16) NOT NULL,
  `at` datetime(6) NOT NULL,
  PRIMARY KEY (`tenant_id`,`portfolio`,`contact_id`),
  KEY `messaging_openings_by_portfolio_at` (`tenant_id`,`portfolio`,`at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_statuses` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `wamid` varchar(256) NOT NULL,
  `status` varchar(32) NOT NULL,
  `recipient` varchar(160) NOT NULL,
  `message_id` binary(16) DEFAULT NULL,
  `at` datetime(6) NOT NULL,
  `payload` longtext NOT NULL,
  `received_at` datetime(6) NOT NULL,
  PRIMARY KEY (`tenant_id`,`id`),
  UNIQUE KEY `messaging_statuses_by_wamid_status_recipient` (`tenant_id`,`wamid`,`status`,`recipient`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F90C3760A99C60EEEA1C71CEE,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSN0FBMTUwQTEwMDAwMDAwMDAyAA==','sent','447700900123',0x01A22E4F907277DDA5713EEBD29C6C94,'2026-11-30 21:14:56.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4f907277dda5713eebd29c6c94\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSN0FBMTUwQTEwMDAwMDAwMDAyAA==\",\"pricing\":{\"billable\":true,\"category\":\"service\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900123\",\"recipient_user_id\":\"GB.27673070610732\",\"status\":\"sent\",\"timestamp\":\"1796073296\"}','2026-11-30 21:14:56.067135');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F90FB77BBB6D79D38C42C5BBF,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSN0FBMTUwQTEwMDAwMDAwMDAyAA==','delivered','447700900123',0x01A22E4F907277DDA5713EEBD29C6C94,'2026-11-30 21:14:56.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4f907277dda5713eebd29c6c94\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSN0FBMTUwQTEwMDAwMDAwMDAyAA==\",\"pricing\":{\"billable\":true,\"category\":\"service\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900123\",\"recipient_user_id\":\"GB.27673070610732\",\"status\":\"delivered\",\"timestamp\":\"1796073296\"}','2026-11-30 21:14:56.123109');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F91527391AE9A3C42656DD9CA,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSN0FBMTUwQTEwMDAwMDAwMDAyAA==','read','447700900123',0x01A22E4F907277DDA5713EEBD29C6C94,'2026-11-30 21:14:56.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4f907277dda5713eebd29c6c94\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSN0FBMTUwQTEwMDAwMDAwMDAyAA==\",\"recipient_id\":\"447700900123\",\"recipient_user_id\":\"GB.27673070610732\",\"status\":\"read\",\"timestamp\":\"1796073296\"}','2026-11-30 21:14:56.210817');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F99DF742DA4CF1E86E492C27E,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSNDg4NUI5OUUwMDAwMDAwMDA0AA==','sent','447700900123',0x01A22E4F991A70218382D9B0F72DC184,'2026-11-30 21:14:58.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4f991a70218382d9b0f72dc184\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSNDg4NUI5OUUwMDAwMDAwMDA0AA==\",\"pricing\":{\"billable\":true,\"category\":\"service\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900123\",\"recipient_user_id\":\"GB.27673070610732\",\"status\":\"sent\",\"timestamp\":\"1796073298\"}','2026-11-30 21:14:58.399464');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F99DF742DA4CF1E8773B8B3EE,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSNDg4NUI5OUUwMDAwMDAwMDA0AA==','delivered','447700900123',0x01A22E4F991A70218382D9B0F72DC184,'2026-11-30 21:14:58.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4f991a70218382d9b0f72dc184\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSNDg4NUI5OUUwMDAwMDAwMDA0AA==\",\"pricing\":{\"billable\":true,\"category\":\"service\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900123\",\"recipient_user_id\":\"GB.27673070610732\",\"status\":\"delivered\",\"timestamp\":\"1796073298\"}','2026-11-30 21:14:58.399464');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4F99F571019905021A1DD9DE51,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSNDg4NUI5OUUwMDAwMDAwMDA0AA==','read','447700900123',0x01A22E4F991A70218382D9B0F72DC184,'2026-11-30 21:14:58.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4f991a70218382d9b0f72dc184\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSNDg4NUI5OUUwMDAwMDAwMDA0AA==\",\"recipient_id\":\"447700900123\",\"recipient_user_id\":\"GB.27673070610732\",\"status\":\"read\",\"timestamp\":\"1796073298\"}','2026-11-30 21:14:58.421379');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FBF787469A42BF3E3882F5934,'wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSMzBDQjU4NjIwMDAwMDAwMDA2AA==','sent','447700900125',0x01A22E4FBF0A759A951A8FD8246E1F12,'2026-11-30 21:15:07.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4fbf0a759a951a8fd8246e1f12\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSMzBDQjU4NjIwMDAwMDAwMDA2AA==\",\"pricing\":{\"billable\":true,\"category\":\"utility\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900125\",\"recipient_user_id\":\"GB.52969344790956\",\"status\":\"sent\",\"timestamp\":\"1796073307\"}','2026-11-30 21:15:08.024236');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FBFBA72B1B1ECA0EFC1763E61,'wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSMzBDQjU4NjIwMDAwMDAwMDA2AA==','delivered','447700900125',0x01A22E4FBF0A759A951A8FD8246E1F12,'2026-11-30 21:15:07.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4fbf0a759a951a8fd8246e1f12\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSMzBDQjU4NjIwMDAwMDAwMDA2AA==\",\"pricing\":{\"billable\":true,\"category\":\"utility\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900125\",\"recipient_user_id\":\"GB.52969344790956\",\"status\":\"delivered\",\"timestamp\":\"1796073307\"}','2026-11-30 21:15:08.090625');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FBFBA72B1B1ECA0F027AC0724,'wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSMzBDQjU4NjIwMDAwMDAwMDA2AA==','read','447700900125',0x01A22E4FBF0A759A951A8FD8246E1F12,'2026-11-30 21:15:07.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4fbf0a759a951a8fd8246e1f12\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSMzBDQjU4NjIwMDAwMDAwMDA2AA==\",\"recipient_id\":\"447700900125\",\"recipient_user_id\":\"GB.52969344790956\",\"status\":\"read\",\"timestamp\":\"1796073307\"}','2026-11-30 21:15:08.090625');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FC0C670229CE6C8B8DF96EEF5,'wamid.HBgMOTk5MDAwMTMxMDI2FQIAERgSMEEwNzJBMjQwMDAwMDAwMDA3AA==','failed','999000131026',0x01A22E4FBF3F7119A31FE310B551E454,'2026-11-30 21:15:08.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4fbf3f7119a31fe310b551e454\",\"errors\":[{\"code\":131026,\"error_data\":{\"details\":\"Message Undeliverable.\"},\"href\":\"https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/\",\"message\":\"Message undeliverable\",\"title\":\"Message undeliverable\"}],\"id\":\"wamid.HBgMOTk5MDAwMTMxMDI2FQIAERgSMEEwNzJBMjQwMDAwMDAwMDA3AA==\",\"recipient_id\":\"999000131026\",\"recipient_user_id\":\"ZZ.30701000487517\",\"status\":\"failed\",\"timestamp\":\"1796073308\"}','2026-11-30 21:15:08.358939');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FC22D707ABF173A4EA6970207,'wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSNjAxRUVGN0EwMDAwMDAwMDA4AA==','sent','447700900126',0x01A22E4FC0BB759DBA5FB5876511C8A2,'2026-11-30 21:15:08.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4fc0bb759dba5fb5876511c8a2\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSNjAxRUVGN0EwMDAwMDAwMDA4AA==\",\"pricing\":{\"billable\":true,\"category\":\"utility\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900126\",\"recipient_user_id\":\"GB.78138278055545\",\"status\":\"sent\",\"timestamp\":\"1796073308\"}','2026-11-30 21:15:08.717627');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FC22D707ABF173A4F2D4D80FF,'wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSNjAxRUVGN0EwMDAwMDAwMDA4AA==','delivered','447700900126',0x01A22E4FC0BB759DBA5FB5876511C8A2,'2026-11-30 21:15:08.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4fc0bb759dba5fb5876511c8a2\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSNjAxRUVGN0EwMDAwMDAwMDA4AA==\",\"pricing\":{\"billable\":true,\"category\":\"utility\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900126\",\"recipient_user_id\":\"GB.78138278055545\",\"status\":\"delivered\",\"timestamp\":\"1796073308\"}','2026-11-30 21:15:08.717627');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FC294732BA4FCB64EC3B1984E,'wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSNjAxRUVGN0EwMDAwMDAwMDA4AA==','read','447700900126',0x01A22E4FC0BB759DBA5FB5876511C8A2,'2026-11-30 21:15:08.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4fc0bb759dba5fb5876511c8a2\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSNjAxRUVGN0EwMDAwMDAwMDA4AA==\",\"recipient_id\":\"447700900126\",\"recipient_user_id\":\"GB.78138278055545\",\"status\":\"read\",\"timestamp\":\"1796073308\"}','2026-11-30 21:15:08.820704');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FCE3172758282EDD0703003B7,'wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSOUFFMUQ1MjgwMDAwMDAwMDA5AA==','sent','525550000009',0x01A22E4FCCDC763185B184322C55E598,'2026-11-30 21:15:11.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4fccdc763185b184322c55e598\",\"id\":\"wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSOUFFMUQ1MjgwMDAwMDAwMDA5AA==\",\"pricing\":{\"billable\":true,\"category\":\"utility\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"525550000009\",\"recipient_user_id\":\"MX.71925672564876\",\"status\":\"sent\",\"timestamp\":\"1796073311\"}','2026-11-30 21:15:11.792947');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FCE7B7187A1478BBB0996128C,'wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSOUFFMUQ1MjgwMDAwMDAwMDA5AA==','delivered','525550000009',0x01A22E4FCCDC763185B184322C55E598,'2026-11-30 21:15:11.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4fccdc763185b184322c55e598\",\"id\":\"wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSOUFFMUQ1MjgwMDAwMDAwMDA5AA==\",\"pricing\":{\"billable\":true,\"category\":\"utility\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"525550000009\",\"recipient_user_id\":\"MX.71925672564876\",\"status\":\"delivered\",\"timestamp\":\"1796073311\"}','2026-11-30 21:15:11.867318');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FCE7B7187A1478BBC4A28A298,'wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSOUFFMUQ1MjgwMDAwMDAwMDA5AA==','read','525550000009',0x01A22E4FCCDC763185B184322C55E598,'2026-11-30 21:15:11.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4fccdc763185b184322c55e598\",\"id\":\"wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSOUFFMUQ1MjgwMDAwMDAwMDA5AA==\",\"recipient_id\":\"525550000009\",\"recipient_user_id\":\"MX.71925672564876\",\"status\":\"read\",\"timestamp\":\"1796073311\"}','2026-11-30 21:15:11.867318');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FF2AD74DAB02502FE48C572E5,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSREI0NDE4MEMwMDAwMDAwMDBDAA==','sent','447700900123',0x01A22E4FF27475D78E83614BC5D5DE4F,'2026-11-30 21:15:21.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4ff27475d78e83614bc5d5de4f\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSREI0NDE4MEMwMDAwMDAwMDBDAA==\",\"pricing\":{\"billable\":true,\"category\":\"service\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900123\",\"recipient_user_id\":\"GB.27673070610732\",\"status\":\"sent\",\"timestamp\":\"1796073321\"}','2026-11-30 21:15:21.133765');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FF2C07296B3E9F4F10878B2C9,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSREI0NDE4MEMwMDAwMDAwMDBDAA==','delivered','447700900123',0x01A22E4FF27475D78E83614BC5D5DE4F,'2026-11-30 21:15:21.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4ff27475d78e83614bc5d5de4f\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSREI0NDE4MEMwMDAwMDAwMDBDAA==\",\"pricing\":{\"billable\":true,\"category\":\"service\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900123\",\"recipient_user_id\":\"GB.27673070610732\",\"status\":\"delivered\",\"timestamp\":\"1796073321\"}','2026-11-30 21:15:21.152586');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FF2FB7796AD02937E39AF1423,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSREI0NDE4MEMwMDAwMDAwMDBDAA==','read','447700900123',0x01A22E4FF27475D78E83614BC5D5DE4F,'2026-11-30 21:15:21.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4ff27475d78e83614bc5d5de4f\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSREI0NDE4MEMwMDAwMDAwMDBDAA==\",\"recipient_id\":\"447700900123\",\"recipient_user_id\":\"GB.27673070610732\",\"status\":\"read\",\"timestamp\":\"1796073321\"}','2026-11-30 21:15:21.211730');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FFB95774CB4C4B6EEB8627A2E,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSODUyNDhGNEUwMDAwMDAwMDBFAA==','sent','447700900123',0x01A22E4FFB047738854CC469F5421924,'2026-11-30 21:15:23.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4ffb047738854cc469f5421924\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSODUyNDhGNEUwMDAwMDAwMDBFAA==\",\"pricing\":{\"billable\":true,\"category\":\"service\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900123\",\"recipient_user_id\":\"GB.27673070610732\",\"status\":\"sent\",\"timestamp\":\"1796073323\"}','2026-11-30 21:15:23.413419');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FFBDF70AEBF80F31ED81AE19B,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSODUyNDhGNEUwMDAwMDAwMDBFAA==','delivered','447700900123',0x01A22E4FFB047738854CC469F5421924,'2026-11-30 21:15:23.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4ffb047738854cc469f5421924\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSODUyNDhGNEUwMDAwMDAwMDBFAA==\",\"pricing\":{\"billable\":true,\"category\":\"service\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900123\",\"recipient_user_id\":\"GB.27673070610732\",\"status\":\"delivered\",\"timestamp\":\"1796073323\"}','2026-11-30 21:15:23.487393');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E4FFBDF70AEBF80F31FC2AF3CC7,'wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSODUyNDhGNEUwMDAwMDAwMDBFAA==','read','447700900123',0x01A22E4FFB047738854CC469F5421924,'2026-11-30 21:15:23.000000','{\"biz_opaque_callback_data\":\"msg_01a22e4ffb047738854cc469f5421924\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTIzFQIAERgSODUyNDhGNEUwMDAwMDAwMDBFAA==\",\"recipient_id\":\"447700900123\",\"recipient_user_id\":\"GB.27673070610732\",\"status\":\"read\",\"timestamp\":\"1796073323\"}','2026-11-30 21:15:23.487393');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5021C877C9A87ECB3FB6E5B823,'wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSNTJGNkI1OTAwMDAwMDAwMDEwAA==','sent','447700900125',0x01A22E502155779AA77BF01BA69B8DDF,'2026-11-30 21:15:33.000000','{\"biz_opaque_callback_data\":\"msg_01a22e502155779aa77bf01ba69b8ddf\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSNTJGNkI1OTAwMDAwMDAwMDEwAA==\",\"pricing\":{\"billable\":true,\"category\":\"utility\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900125\",\"recipient_user_id\":\"GB.52969344790956\",\"status\":\"sent\",\"timestamp\":\"1796073333\"}','2026-11-30 21:15:33.192381');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E5021F7726C814BBF69F0E9B83A,'wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSNTJGNkI1OTAwMDAwMDAwMDEwAA==','delivered','447700900125',0x01A22E502155779AA77BF01BA69B8DDF,'2026-11-30 21:15:33.000000','{\"biz_opaque_callback_data\":\"msg_01a22e502155779aa77bf01ba69b8ddf\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSNTJGNkI1OTAwMDAwMDAwMDEwAA==\",\"pricing\":{\"billable\":true,\"category\":\"utility\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900125\",\"recipient_user_id\":\"GB.52969344790956\",\"status\":\"delivered\",\"timestamp\":\"1796073333\"}','2026-11-30 21:15:33.239031');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E502247728F8CB2CF9CF19A4E43,'wamid.HBgMOTk5MDAwMTMxMDI2FQIAERgSRDhGREI4ODkwMDAwMDAwMDExAA==','failed','999000131026',0x01A22E50216E70999E67151AD6DEC5C1,'2026-11-30 21:15:33.000000','{\"biz_opaque_callback_data\":\"msg_01a22e50216e70999e67151ad6dec5c1\",\"errors\":[{\"code\":131026,\"error_data\":{\"details\":\"Message Undeliverable.\"},\"href\":\"https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/\",\"message\":\"Message undeliverable\",\"title\":\"Message undeliverable\"}],\"id\":\"wamid.HBgMOTk5MDAwMTMxMDI2FQIAERgSRDhGREI4ODkwMDAwMDAwMDExAA==\",\"recipient_id\":\"999000131026\",\"recipient_user_id\":\"ZZ.30701000487517\",\"status\":\"failed\",\"timestamp\":\"1796073333\"}','2026-11-30 21:15:33.319182');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E502247728F8CB2CF9D548D0ABE,'wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSNTJGNkI1OTAwMDAwMDAwMDEwAA==','read','447700900125',0x01A22E502155779AA77BF01BA69B8DDF,'2026-11-30 21:15:33.000000','{\"biz_opaque_callback_data\":\"msg_01a22e502155779aa77bf01ba69b8ddf\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI1FQIAERgSNTJGNkI1OTAwMDAwMDAwMDEwAA==\",\"recipient_id\":\"447700900125\",\"recipient_user_id\":\"GB.52969344790956\",\"status\":\"read\",\"timestamp\":\"1796073333\"}','2026-11-30 21:15:33.319182');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E50239C73B6B1971660975F2EEC,'wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSQUFGMzcyMzEwMDAwMDAwMDEyAA==','sent','447700900126',0x01A22E5021BC71378263EE2230AAC335,'2026-11-30 21:15:33.000000','{\"biz_opaque_callback_data\":\"msg_01a22e5021bc71378263ee2230aac335\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSQUFGMzcyMzEwMDAwMDAwMDEyAA==\",\"pricing\":{\"billable\":true,\"category\":\"utility\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900126\",\"recipient_user_id\":\"GB.78138278055545\",\"status\":\"sent\",\"timestamp\":\"1796073333\"}','2026-11-30 21:15:33.660730');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E50243470DF97DA418CC44F2A91,'wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSQUFGMzcyMzEwMDAwMDAwMDEyAA==','delivered','447700900126',0x01A22E5021BC71378263EE2230AAC335,'2026-11-30 21:15:33.000000','{\"biz_opaque_callback_data\":\"msg_01a22e5021bc71378263ee2230aac335\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSQUFGMzcyMzEwMDAwMDAwMDEyAA==\",\"pricing\":{\"billable\":true,\"category\":\"utility\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"447700900126\",\"recipient_user_id\":\"GB.78138278055545\",\"status\":\"delivered\",\"timestamp\":\"1796073333\"}','2026-11-30 21:15:33.812697');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E50243470DF97DA418DF683F4AA,'wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSQUFGMzcyMzEwMDAwMDAwMDEyAA==','read','447700900126',0x01A22E5021BC71378263EE2230AAC335,'2026-11-30 21:15:33.000000','{\"biz_opaque_callback_data\":\"msg_01a22e5021bc71378263ee2230aac335\",\"id\":\"wamid.HBgMNDQ3NzAwOTAwMTI2FQIAERgSQUFGMzcyMzEwMDAwMDAwMDEyAA==\",\"recipient_id\":\"447700900126\",\"recipient_user_id\":\"GB.78138278055545\",\"status\":\"read\",\"timestamp\":\"1796073333\"}','2026-11-30 21:15:33.812697');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E502E637728AA7F9D6EF9008AAE,'wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSM0YxQzdGNDAwMDAwMDAwMDEzAA==','sent','525550000009',0x01A22E502CFF70F99F334BE03214DE2A,'2026-11-30 21:15:36.000000','{\"biz_opaque_callback_data\":\"msg_01a22e502cff70f99f334be03214de2a\",\"id\":\"wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSM0YxQzdGNDAwMDAwMDAwMDEzAA==\",\"pricing\":{\"billable\":true,\"category\":\"utility\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"525550000009\",\"recipient_user_id\":\"MX.71925672564876\",\"status\":\"sent\",\"timestamp\":\"1796073336\"}','2026-11-30 21:15:36.419113');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E502EAC74D6AD72B105B4BF1DDF,'wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSM0YxQzdGNDAwMDAwMDAwMDEzAA==','delivered','525550000009',0x01A22E502CFF70F99F334BE03214DE2A,'2026-11-30 21:15:36.000000','{\"biz_opaque_callback_data\":\"msg_01a22e502cff70f99f334be03214de2a\",\"id\":\"wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSM0YxQzdGNDAwMDAwMDAwMDEzAA==\",\"pricing\":{\"billable\":true,\"category\":\"utility\",\"pricing_model\":\"PMP\",\"type\":\"regular\"},\"recipient_id\":\"525550000009\",\"recipient_user_id\":\"MX.71925672564876\",\"status\":\"delivered\",\"timestamp\":\"1796073336\"}','2026-11-30 21:15:36.492640');
INSERT INTO `messaging_statuses` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E502EAC74D6AD72B106F0DF0437,'wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSM0YxQzdGNDAwMDAwMDAwMDEzAA==','read','525550000009',0x01A22E502CFF70F99F334BE03214DE2A,'2026-11-30 21:15:36.000000','{\"biz_opaque_callback_data\":\"msg_01a22e502cff70f99f334be03214de2a\",\"id\":\"wamid.HBgMNTI1NTUwMDAwMDA5FQIAERgSM0YxQzdGNDAwMDAwMDAwMDEzAA==\",\"recipient_id\":\"525550000009\",\"recipient_user_id\":\"MX.71925672564876\",\"status\":\"read\",\"timestamp\":\"1796073336\"}','2026-11-30 21:15:36.492640');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messaging_webhook_events` (
  `tenant_id` binary(16) NOT NULL,
  `id` binary(16) NOT NULL,
  `digest` varchar(64) NOT NULL,
  `field` varchar(128) NOT NULL,
  `reason` varchar(32) NOT NULL,
  `waba_id` varchar(64) DEFAULT NULL,
  `phone_number_id` varchar(64) DEFAULT NULL,
  `payload` longtext NOT NULL,
  `received_at` datetime(6) NOT NULL,
  PRIMARY KEY (`tenant_id`,`id`),
  UNIQUE KEY `messaging_webhook_events_by_digest` (`tenant_id`,`digest`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `messaging_webhook_events` VALUES (0x01A22E4F6BD375CE84675817A0F8270D,0x01A22E4FE0D775F88A06FE6321849689,'62767250d788675d5516af2713e23bc28c581cf8f1078104392026e8cc2718f1','payment_configuration_update','no_home','220000000000002',NULL,'{\"field\":\"payment_configuration_update\",\"value\":{\"configuration_name\":\"x\"}}','2026-11-30 21:15:16.567360');
INSERT INTO `messaging_webhook_events` VALUES (0x01A22E4F6DEB77FFA8BFD2B798243CE1,0x01A22E50418370799C348847DAF1A5D8,'4e922b9ad5baef44c5c5f84e9b384566fb8f937baea20524d3001ec916fd939e','payment_configuration_update','no_home','220000000000009',NULL,'{\"field\":\"payment_configuration_update\",\"value\":{\"configuration_name\":\"x\"}}','2026-11-30 21:15:41.315001');
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `seaql_migrations` (
  `version` varchar(255) NOT NULL,
  `applied_at` bigint(20) NOT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;
INSERT INTO `seaql_migrations` VALUES ('m20261122_000001_outbox_jobs_live',1796073280);
INSERT INTO `seaql_migrations` VALUES ('m20261122_000004_channels',1796073280);
INSERT INTO `seaql_migrations` VALUES ('m20261122_000005_conversations_messages',1796073280);
INSERT INTO `seaql_migrations` VALUES ('m20261122_000006_inbox',1796073281);
INSERT INTO `seaql_migrations` VALUES ('m20261122_000010_people_and_tenants',1796073281);
INSERT INTO `seaql_migrations` VALUES ('m20261122_000011_credentials_and_routes',1796073281);
INSERT INTO `seaql_migrations` VALUES ('m20261122_000020_contacts_and_tags',1796073282);
INSERT INTO `seaql_migrations` VALUES ('m20261123_000030_idempotency',1796073282);
INSERT INTO `seaql_migrations` VALUES ('m20261124_000030_media',1796073282);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000010_job_shares',1796073282);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000050_channel_holds',1796073282);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000052_chunk_marks',1796073283);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000054_openings',1796073283);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000060_account_events',1796073283);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000061_amendments',1796073283);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000062_edited_messages',1796073284);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000063_number_states',1796073284);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000064_waiting_and_released',1796073284);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000070_consent_and_address_book',1796073284);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000074_channel_restrictions',1796073284);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000080_channel_sentences',1796073285);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000080_profile_names',1796073285);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000081_account_event_sentences',1796073285);
INSERT INTO `seaql_migrations` VALUES ('m20261125_000082_media_sentences',1796073285);
INSERT INTO `seaql_migrations` VALUES ('m20261129_000090_identities_by_contact',1796073285);
INSERT INTO `seaql_migrations` VALUES ('m20261130_000100_inbox_tries',1796073285);
INSERT INTO `seaql_migrations` VALUES ('m20261130_000100_rekey_text',1796073285);
INSERT INTO `seaql_migrations` VALUES ('m20261130_000101_window_phones',1796073285);
INSERT INTO `seaql_migrations` VALUES ('m20261130_000102_joined_contacts',1796073285);
INSERT INTO `seaql_migrations` VALUES ('m20261130_000120_usual_addresses',1796073285);
INSERT INTO `seaql_migrations` VALUES ('m20261130_000121_channel_claims',1796073286);
INSERT INTO `seaql_migrations` VALUES ('m20261130_000122_routes_of_simulated_numbers',1796073286);
