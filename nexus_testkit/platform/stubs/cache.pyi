from nexus_testkit.ports.cache import CacheManager as CacheManager
