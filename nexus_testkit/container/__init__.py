"""Registration, injection, scopes and lifecycle of services. Knows no port.

```
annotations.py   what the text of an annotation means where its class was written
signature.py     what a constructor or factory needs
inject.py        Service and inject()
registry.py      what was registered, provided, aliased, configured and overridden, and where
graph.py         the check of everything below what is asked for, before anything is built
building.py      instances, made of the checked graph
managed.py       what is kept of each instance: its state, what it needs, who needs it
lifecycle.py     start in dependency order, unwinding, stop in reverse
scope.py         instances that live shorter than the container
container.py     Container: the parts above behind one object
current.py       the current container; register_service() and get_service()
```
"""

from nexus_testkit.container.container import Container
from nexus_testkit.container.current import activate, current_container, get_service, register_service
from nexus_testkit.container.inject import Service, inject
from nexus_testkit.container.managed import ServiceState, Unhealthy
from nexus_testkit.container.scope import Scope

__all__ = [
    "Container",
    "Scope",
    "Service",
    "ServiceState",
    "Unhealthy",
    "activate",
    "current_container",
    "get_service",
    "inject",
    "register_service",
]
