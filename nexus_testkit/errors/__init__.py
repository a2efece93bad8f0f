"""Every exception of the kit, in one tree.

```
NexusTestkitError
├── ContainerError                     registration, injection, lifecycle
│   ├── NoActiveContainer              (RuntimeError) get_service() and kin outside a harness
│   ├── InvalidServiceType             (TypeError) not a class, abstract, a plain type
│   ├── InvalidScope                   (ValueError) other than singleton, scoped, transient
│   ├── InvalidServiceConfig           (ValueError) no mapping, for no service, for a service that takes none
│   ├── MissingDependency              a port without adapter, a parameter nobody can fill
│   ├── CyclicDependency
│   ├── CaptiveDependency              a singleton that holds a scoped service
│   ├── DuplicateRegistration
│   ├── OverrideError                  override of something unused or already built
│   ├── UnfilledInjection              (TypeError) a constructor called by hand, inject() unfilled
│   └── LifecycleError                 (RuntimeError) double start, use before start, use after close
│       └── ServiceNotInitialized
├── HarnessError                       the harness was used in a way it cannot serve
│   ├── HarnessClosed                  (RuntimeError)
│   ├── UnknownOption                  (TypeError)
│   ├── InvalidFault                   (ValueError) a fault that could never happen
│   ├── InvalidToken                   (ValueError) no replay token, or a damaged one
│   ├── SweepRefused                   a sweep where nobody can run the test again, or that would try nothing
│   ├── NeedsFake                      a fault or an image asked of a real adapter
│   ├── NeedsSimulation                virtual time asked of a real clock
│   ├── RecordingError                 a file of HTTP exchanges that is missing or malformed, or may not be recorded
│   └── ServerError                    a real server that does not start
├── SimulationError                    the event loop with virtual time
│   ├── Deadlock                       nothing can ever run again
│   ├── StepLimitExceeded              a loop that never lets time pass
│   ├── NonDeterministic               the same decisions, and another result
│   ├── TimeLimitExceeded              a wait that outlasts the world's limit of virtual time
│   ├── StrayConnection                (ConnectionRefusedError) a host that nobody serves
│   └── NotSimulated                   an operation of the loop that would leave the process
│       └── SignalsNotSimulated        (NotImplementedError)
├── LeakError                          what a world left behind
├── BrokenInvariant                    (AssertionError) what must hold whatever fails
├── SweepFailed                        (AssertionError) the faults of a sweep that broke the test
├── DomainError                        what the services of the kit raise
│   ├── ValidationError                (ValueError)
│   ├── DuplicateUserError             (ValueError)
│   ├── StaleVersionError              update with another expected_version
│   ├── CacheValueError                (TypeError) a value that has no cached form, or none that can be read
│   ├── TemplateError                  a mail template that is missing, malformed or lacks a value
│   ├── EventsLost                     events that could not be stored, carried along
│   ├── UrlNotAllowed                  (ValueError) a URL outside the allow-list, or none at all
│   └── ResponseTooLarge
└── PortError                          what adapters raise, the same on fake and real
    ├── DatabaseError                  see nexus_testkit.errors.database: by SQLSTATE class
    ├── CacheError                     see nexus_testkit.errors.ports
    ├── MailError                      with the SMTP code
    │   └── InvalidMail                (ValueError) refused before any server saw it
    ├── InvalidRoute                   (ValueError) a stub of HTTP that could never match or answer
    ├── UnmatchedRequest               (httpx.RequestError) no route answers; see nexus_testkit.ports.http
    └── FileError                      (OSError)
```

The exception classes of the production drivers stay catchable: an adapter raises a class that derives
from the port's error *and* from the driver's, so `except asyncpg.UniqueViolationError`,
`except redis.exceptions.ConnectionError`, `except aiosmtplib.SMTPRecipientsRefused` and
`except httpx.ConnectTimeout` work on the fakes as in production, and so does the port's own
`except UniqueViolation`. HTTP errors are httpx's own classes throughout.
"""

from nexus_testkit.errors.base import NexusTestkitError
from nexus_testkit.errors.container import (
    CaptiveDependency,
    ContainerError,
    CyclicDependency,
    DuplicateRegistration,
    InvalidScope,
    InvalidServiceConfig,
    InvalidServiceType,
    LifecycleError,
    MissingDependency,
    NoActiveContainer,
    OverrideError,
    ServiceNotInitialized,
    UnfilledInjection,
)
from nexus_testkit.errors.database import (
    CheckViolation,
    DatabaseError,
    DataError,
    DeadlockDetected,
    ForeignKeyViolation,
    IntegrityError,
    InterfaceError,
    LockNotAvailable,
    NotNullViolation,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    QueryCanceled,
    SerializationFailure,
    SyntaxErrorInSQL,
    UndefinedColumn,
    UndefinedFunction,
    UndefinedTable,
    UniqueViolation,
    UnsupportedSQL,
)
from nexus_testkit.errors.domain import (
    CacheValueError,
    DomainError,
    DuplicateUserError,
    EventsLost,
    ResponseTooLarge,
    StaleVersionError,
    TemplateError,
    UrlNotAllowed,
    ValidationError,
)
from nexus_testkit.errors.harness import (
    BrokenInvariant,
    HarnessClosed,
    HarnessError,
    InvalidFault,
    InvalidToken,
    LeakError,
    NeedsFake,
    NeedsSimulation,
    RecordingError,
    ServerError,
    SweepFailed,
    SweepRefused,
    UnknownOption,
)
from nexus_testkit.errors.ports import (
    CacheCommandError,
    CacheConnectionError,
    CacheError,
    CacheTypeError,
    FileError,
    InvalidMail,
    InvalidRoute,
    MailAuthenticationFailed,
    MailConnectError,
    MailDataRefused,
    MailError,
    MailRecipientsRefused,
    MailSenderRefused,
    MailTimeout,
    PathOutsideRoot,
    PortError,
)
from nexus_testkit.errors.simulation import (
    Deadlock,
    NonDeterministic,
    NotSimulated,
    SignalsNotSimulated,
    SimulationError,
    StepLimitExceeded,
    StrayConnection,
    TimeLimitExceeded,
)

__all__ = [
    "BrokenInvariant",
    "CacheCommandError",
    "CacheConnectionError",
    "CacheError",
    "CacheTypeError",
    "CacheValueError",
    "CaptiveDependency",
    "CheckViolation",
    "ContainerError",
    "CyclicDependency",
    "DataError",
    "DatabaseError",
    "Deadlock",
    "DeadlockDetected",
    "DomainError",
    "DuplicateRegistration",
    "DuplicateUserError",
    "EventsLost",
    "FileError",
    "ForeignKeyViolation",
    "HarnessClosed",
    "HarnessError",
    "IntegrityError",
    "InterfaceError",
    "InvalidFault",
    "InvalidMail",
    "InvalidRoute",
    "InvalidScope",
    "InvalidServiceConfig",
    "InvalidServiceType",
    "InvalidToken",
    "LeakError",
    "LifecycleError",
    "LockNotAvailable",
    "MailAuthenticationFailed",
    "MailConnectError",
    "MailDataRefused",
    "MailError",
    "MailRecipientsRefused",
    "MailSenderRefused",
    "MailTimeout",
    "MissingDependency",
    "NeedsFake",
    "NeedsSimulation",
    "NexusTestkitError",
    "NoActiveContainer",
    "NonDeterministic",
    "NotNullViolation",
    "NotSimulated",
    "NotSupportedError",
    "OperationalError",
    "OverrideError",
    "PathOutsideRoot",
    "PortError",
    "ProgrammingError",
    "QueryCanceled",
    "RecordingError",
    "ResponseTooLarge",
    "SerializationFailure",
    "ServerError",
    "ServiceNotInitialized",
    "SignalsNotSimulated",
    "SimulationError",
    "StaleVersionError",
    "StepLimitExceeded",
    "StrayConnection",
    "SweepFailed",
    "SweepRefused",
    "SyntaxErrorInSQL",
    "TemplateError",
    "TimeLimitExceeded",
    "UndefinedColumn",
    "UndefinedFunction",
    "UndefinedTable",
    "UnfilledInjection",
    "UniqueViolation",
    "UnknownOption",
    "UnsupportedSQL",
    "UrlNotAllowed",
    "ValidationError",
]
