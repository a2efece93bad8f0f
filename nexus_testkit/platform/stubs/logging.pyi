from nexus_testkit.services import get_logger as get_logger
