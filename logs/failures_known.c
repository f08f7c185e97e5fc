// SPDX-License-Identifier: MIT
/*
 * Failures that everybody meets. The patterns are taken from what the programs really say; each has its line in tests/data/failures.txt. The more
 * telling ones come first, because the first of those that match a line counts.
 */
#include "logs/failures.h"

#include <signal.h>

const struct failure failures_known[] = {
	/* ---- Packages ---- */
	{ .code = "PackageManagerLocked",
	  .patterns = "Could not get lock /var/lib/(dpkg|apt)\n"
		      "Unable to acquire the dpkg frontend lock\n"
		      "Unable to lock directory /var/(lib/apt|cache/apt)\n"
		      "is another process using it\\?\n"
		      "dpkg frontend lock was locked by another process\n"
		      "Waiting for process with pid \\d+ to finish\n"
		      "Existing lock /var/run/yum.pid",
	  .cause = "Another package manager is at work: apt, dpkg, dnf or an unattended upgrade.",
	  .action =
		  "Wait until it has ended (ps aux | grep -E 'apt|dpkg|dnf'), then run the step again. Do not remove the lock file." },
	{ .code = "PackagesHalfInstalled",
	  .patterns = "dpkg was interrupted, you must manually run\nSub-process /usr/bin/dpkg returned an error code\n"
		      "dependency problems - leaving unconfigured",
	  .cause = "A package was left half installed.",
	  .action = "Run dpkg --configure -a, then apt-get -f install, then run the step again." },
	{ .code = "PackageNotFound",
	  .patterns = "E: Unable to locate package\nhas no installation candidate\nNo match for argument:\n"
		      "Unmet dependencies\\.\nNo matching distribution found for",
	  .cause = "A package that is to be installed is not in the configured repositories.",
	  .action = "Refresh the lists (apt-get update) and check the name and the repositories in /etc/apt." },
	{ .code = "RepositoryKey",
	  .patterns =
		  "NO_PUBKEY\nis not signed\\.$\nThe following signatures (couldn't be verified|were invalid)\nGPG check FAILED",
	  .cause = "A package repository is not signed with a key that is trusted here.",
	  .action = "Install the repository's key into /etc/apt/keyrings, then run the step again." },

	/* ---- Disk and files ---- */
	{ .code = "DiskFull",
	  .patterns =
		  "No space left on device\ndatabase or disk is full\nENOSPC\nThere is not enough space on the disk\n"
		  "could not (write|extend) .*: wrote only \\d+ of \\d+ bytes\nYou don't have enough free space in\n"
		  "Errcode: 28\ndisk is full writing",
	  .cause = "The disk is full: no space or no inodes are left.",
	  .action = "Look with df -h and df -i, make room, then run the step again." },
	{ .code = "QuotaExceeded",
	  .patterns = "Disk quota exceeded\nEDQUOT\nquota exceeded for user",
	  .cause = "The disk quota of the user is used up.",
	  .action = "Look with quota -s, remove files or have the quota raised, then run the step again." },
	{ .code = "ReadOnlyFileSystem",
	  .patterns = "Read-only file system\nEROFS\nattempt to write a readonly database",
	  .cause = "The file system is mounted read-only; often because the kernel has met errors on its disk.",
	  .action = "Look at dmesg and findmnt. If the disk is sound: mount -o remount,rw, then run the step again." },
	{ .code = "DiskError",
	  .patterns =
		  "Input/output error\nBuffer I/O error on dev\nblk_update_request: (critical )?\\S+ error\nEXT4-fs error\n"
		  "Structure needs cleaning\nStale file handle",
	  .cause = "A disk or a network file system fails.",
	  .action = "Look at dmesg and at the disk's health (smartctl -a) before anything else is written to it." },
	{ .code = "TooManyOpenFiles",
	  .patterns = "Too many open files\nEMFILE\nENFILE\ninotify watches reached",
	  .cause = "A limit on open files is reached.",
	  .action = "Raise it: LimitNOFILE= of the service, /etc/security/limits.conf, or sysctl fs.file-max and "
		    "fs.inotify.max_user_watches." },
	{ .code = "FileBusy",
	  .patterns = "Text file busy\nDevice or resource busy\ntarget is busy\nETXTBSY\nEBUSY\n"
		      "The process cannot access the file .* because it is being used by another process",
	  .cause = "A file or mount is still in use, most likely by a service that should have been stopped.",
	  .action = "Find the user (fuser -v FILE, lsof FILE), stop it, then run the step again." },
	{ .code = "FileLocked",
	  .patterns = "Resource temporarily unavailable.*lock\nUnable to create '.*\\.lock': File exists\n"
		      "could not lock (config )?file\nlock file .* already exists\nalready locked\nflock: .*failed\n"
		      "lock file \".*postmaster\\.pid\" already exists",
	  .cause = "A lock file is held, or was left behind by something that crashed.",
	  .action =
		  "See that nothing that holds it is still running; only then remove the lock file and run the step again." },
	{ .code = "FileExists",
	  .patterns = ": File exists$\nFileExistsError\nalready exists and is not an empty directory",
	  .cause = "Something is there already that was to be made; maybe an earlier attempt was cut off.",
	  .action = "Look at it; move it away if it is left over, then run the step again." },

	/* ---- Databases ---- */
	{ .code = "SqliteLocked",
	  .patterns = "database is locked\ndatabase table is locked\nSQLITE_BUSY",
	  .cause = "Another process holds a lock on the SQLite database.",
	  .action = "Find it (fuser -v FILE.db), stop it or wait for its end, then run the step again." },
	{ .code = "SqliteCorrupt",
	  .patterns = "database disk image is malformed\nfile is (encrypted or is )?not a database\nSQLITE_CORRUPT",
	  .cause = "The SQLite database is damaged, or is none.",
	  .action = "Check it with sqlite3 FILE 'PRAGMA integrity_check'; restore the backup if it is damaged." },
	{ .code = "SqliteCannotOpen",
	  .patterns = "unable to open database file\nSQLITE_CANTOPEN",
	  .cause = "The SQLite database cannot be opened: its folder is missing or must not be written.",
	  .action = "Check that the folder exists and belongs to the user of the step." },
	{ .code = "PostgresDown",
	  .patterns =
		  "connection to server .* failed: (Connection refused|No such file)\ncould not connect to server: \n"
		  "Is the server running (locally and accepting|on that host|on host)\n"
		  "FATAL: +the database system is (starting up|shutting down|in recovery mode)\n"
		  "server closed the connection unexpectedly\nterminating connection due to administrator command",
	  .cause = "PostgreSQL does not run, is just starting, or ended the connection.",
	  .action =
		  "systemctl status postgresql and its log in /var/log/postgresql; start it, then run the step again." },
	{ .code = "PostgresLogin",
	  .patterns = "FATAL: +password authentication failed\nFATAL: +(Peer|Ident|GSSAPI) authentication failed\n"
		      "no pg_hba\\.conf entry\nFATAL: +role \".*\" (does not exist|is not permitted)",
	  .cause = "PostgreSQL does not let this user in.",
	  .action = "Check user, password and pg_hba.conf (then systemctl reload postgresql)." },
	{ .code = "PostgresFull",
	  .patterns =
		  "FATAL: +sorry, too many clients already\nremaining connection slots are reserved\nToo many connections\n"
		  "ERROR 1040",
	  .cause = "The database server has no connection left.",
	  .action = "End what holds idle connections, or raise max_connections; then run the step again." },
	{ .code = "DatabaseDeadlock",
	  .patterns = "deadlock detected\nDeadlock found when trying to get lock\nLock wait timeout exceeded\n"
		      "canceling statement due to (lock|statement) timeout\ncould not obtain lock on",
	  .cause = "The database is in use by others who hold locks on the same rows or tables.",
	  .action = "Stop what else uses the database (services, reports), then run the step again." },
	{ .code = "MysqlDown",
	  .patterns = "Can't connect to (local )?(MySQL|MariaDB|server)( server)? (through socket|on)\nERROR 200[236]\n"
		      "(MySQL|MariaDB)? ?server has gone away\nLost connection to (MySQL|MariaDB|server)",
	  .cause = "MySQL or MariaDB does not run, or ended the connection.",
	  .action = "systemctl status mysql (or mariadb) and its error log; start it, then run the step again." },
	{ .code = "DatabaseLogin",
	  .patterns =
		  "Access denied for user '\nERROR 1045\nLogin failed for user '\nORA-01017\nAuthentication failed for user",
	  .cause = "The database refuses user or password.",
	  .action = "Check the user's name, its password and from which hosts it may come." },
	{ .code = "DatabaseMissing",
	  .patterns = "FATAL: +database \".*\" does not exist\nUnknown database '\nERROR 1049\nCannot open database \"",
	  .cause = "The database does not exist.",
	  .action = "Check the name; create the database or restore its backup." },
	{ .code = "TableMissing",
	  .patterns =
		  "no such table: \nrelation \".*\" does not exist\nTable '.*' doesn't exist\nInvalid object name '\nno such column: \n"
		  "column .* does not exist\nUnknown column '",
	  .cause = "A table or column is missing: the database has another version than the script expects.",
	  .action = "Check which migrations ran. An earlier step may not have done its work." },
	{ .code = "DatabaseConstraint",
	  .patterns =
		  "UNIQUE constraint failed\nFOREIGN KEY constraint failed\nNOT NULL constraint failed\n"
		  "duplicate key value violates unique constraint\nviolates (foreign key|not-null|check) constraint\n"
		  "Duplicate entry '.*' for key\nCannot add or update a child row\nalready exists, skipping$",
	  .cause = "Data breaks a rule of the database: doubled, missing or still referred to.",
	  .action = "Look at the rows that are named; maybe an earlier attempt has written them already." },
	{ .code = "SqlSyntax",
	  .patterns =
		  "You have an error in your SQL syntax\nERROR: +syntax error at or near\nnear \".*\": syntax error\n"
		  "Incorrect syntax near '\nERROR 1064",
	  .cause = "A statement of an SQL script is wrong, or made for another database.",
	  .action = "The script of the package has to be mended. Then run the step with -acceptchange -reason=…." },

	/* ---- Network ---- */
	{ .code = "PortInUse",
	  .patterns = "Address already in use\nEADDRINUSE\nbind\\(\\) to .* failed \\(98\nport is already allocated\n"
		      "Only one usage of each socket address\nport \\d+ (is )?already in use",
	  .cause = "The port is taken: the old service still runs, or another program has it.",
	  .action = "Find it with ss -ltnp, stop it, then run the step again." },
	{ .code = "NameNotResolved",
	  .patterns =
		  "Temporary failure in name resolution\nCould not resolve host\nName or service not known\n"
		  "Temporary failure resolving '\ngetaddrinfo (ENOTFOUND|EAI_AGAIN|failed)\nNo address associated with hostname\n"
		  "unable to resolve host\nserver can't find .*: (NXDOMAIN|SERVFAIL)\nno such host",
	  .cause = "A host name cannot be resolved (DNS).",
	  .action = "Check the name with getent hosts NAME, and /etc/resolv.conf." },
	{ .code = "CertificateExpired",
	  .patterns =
		  "certificate has expired\ncertificate is not yet valid\nNot valid (after|before)\ncert_has_expired",
	  .cause = "A certificate has expired or is not valid yet, or the clock of this machine is wrong.",
	  .action =
		  "Check the clock (timedatectl) and the certificate (openssl s_client -connect HOST:443); renew it." },
	{ .code = "CertificateNotTrusted",
	  .patterns =
		  "self.signed certificate\nunable to get local issuer certificate\ncertificate verify failed\n"
		  "SSL certificate problem\nx509: certificate\nPKIX path building failed\n"
		  "server certificate verification failed\nHostname mismatch, certificate\nno alternative certificate subject name",
	  .cause = "The certificate of the other side is not trusted here, or is for another name.",
	  .action =
		  "Check it with openssl s_client -connect HOST:443 -showcerts; install its CA and run update-ca-certificates." },
	{ .code = "TlsFailed",
	  .patterns = "SSL_ERROR_SYSCALL\nssl3_get_record:wrong version number\nhandshake failure\n"
		      "gnutls_handshake\\(\\) failed\nTLS handshake timeout\nunsupported protocol",
	  .cause = "The two sides cannot agree on an encrypted connection.",
	  .action =
		  "Check that the port really speaks TLS, and which versions both sides allow; look for a proxy in between." },
	{ .code = "ConnectionRefused",
	  .patterns =
		  "Connection refused\nECONNREFUSED\nNo connection could be made because the target machine actively refused",
	  .cause = "Nothing listens at that address and port: the service does not run, or listens elsewhere.",
	  .action = "See that it runs (systemctl status, ss -ltn) and that address and port are right." },
	{ .code = "HostUnreachable",
	  .patterns =
		  "No route to host\nNetwork is unreachable\nEHOSTUNREACH\nENETUNREACH\nDestination Host Unreachable",
	  .cause = "There is no way to the other machine.",
	  .action = "Check ip route, cables, VPN and firewalls; ping the other machine." },
	{ .code = "ConnectionTimedOut",
	  .patterns =
		  "Connection timed out\nETIMEDOUT\nOperation timed out\nRead timed out\ncontext deadline exceeded\n"
		  "Connection timeout\ni/o timeout\nThe operation has timed out\nCould not connect to .*timed out",
	  .cause = "The other side did not answer in time: it is down, overloaded, or a firewall drops the packets.",
	  .action = "Check that it can be reached (nc -vz HOST PORT) and is not overloaded, then run the step again." },
	{ .code = "ConnectionReset",
	  .patterns = "Connection reset by peer\nECONNRESET\nBroken pipe\nEmpty reply from server\nunexpected EOF\n"
		      "Remote end closed connection",
	  .cause = "The other side ended the connection in the middle.",
	  .action = "Look at the log of the other side for that time, then run the step again." },
	{ .code = "HttpRefused",
	  .patterns =
		  "(requested URL returned error|HTTP/[\\d.]+|HTTP status|status code|failed with status):? (401|403|407)\n"
		  "HTTP Error (401|403|407)\nERROR (401|403|407): ",
	  .cause = "The web server wants other credentials, or does not allow this request.",
	  .action = "Check user, token and their rights; behind a proxy also those of the proxy." },
	{ .code = "HttpMissing",
	  .patterns =
		  "(requested URL returned error|HTTP/[\\d.]+|HTTP status|status code|failed with status):? (404|410)\n"
		  "HTTP Error 404\nERROR 404: ",
	  .cause = "What was to be downloaded is not there.",
	  .action = "Check the address; maybe the file was moved or has another version." },
	{ .code = "HttpServerError",
	  .patterns =
		  "(requested URL returned error|HTTP/[\\d.]+|HTTP status|status code|failed with status):? 5\\d\\d\n"
		  "HTTP Error 5\\d\\d\nERROR 5\\d\\d: \nBad Gateway\nService Unavailable\nGateway Time-?out",
	  .cause = "The web server or what is behind it fails.",
	  .action = "Look at that server's log, then run the step again." },
	{ .code = "SshLogin",
	  .patterns =
		  "Permission denied \\((publickey|password|gssapi)\nHost key verification failed\nToo many authentication failures\n"
		  "REMOTE HOST IDENTIFICATION HAS CHANGED",
	  .cause = "ssh was refused: the key is not accepted, or the host has another key than before.",
	  .action = "Try ssh by hand as the user of the step; check authorized_keys and known_hosts." },

	/* ---- Memory and processes ---- */
	{ .code = "OutOfMemory",
	  .patterns =
		  "Out of memory\nCannot allocate memory\nENOMEM\nstd::bad_alloc\nMemoryError\njava\\.lang\\.OutOfMemoryError\n"
		  "JavaScript heap out of memory\nvirtual memory exhausted\nSystem\\.OutOfMemoryException\noom-kill\n"
		  "memory exhausted",
	  .cause = "There was not enough memory.",
	  .action = "Look with free -m and ps aux --sort=-rss; stop what is not needed, add swap or memory." },
	{ .code = "TooManyProcesses",
	  .patterns = "fork: retry: Resource temporarily unavailable\nfork: Resource temporarily unavailable\n"
		      "can't start new thread\nunable to create (new )?native thread\nfork failed\nCannot fork",
	  .cause = "No more processes can be started: a limit is reached.",
	  .action = "Look with ps -eLf | wc -l and ulimit -u; raise TasksMax= or nproc." },
	{ .code = "Crash",
	  .patterns =
		  "Segmentation fault\ncore dumped\\)?$\nBus error\nIllegal instruction\ndouble free or corruption\n"
		  "stack smashing detected\nAssertion .* failed\nkernel panic",
	  .cause = "A program crashed.",
	  .action = "Look with coredumpctl list and dmesg; a fault of that program, or of the machine's memory.",
	  .how = FAILS_BY_SIGNAL,
	  .number = SIGSEGV },
	{ .code = "LibraryMissing",
	  .patterns = "error while loading shared libraries\ncannot open shared object file\nsymbol lookup error\n"
		      "version `GLIBC_.*' not found\nundefined symbol: ",
	  .cause = "A program lacks a library, or has one of another version.",
	  .action = "See which with ldd PROGRAM, and install its package." },
	{ .code = "WrongArchitecture",
	  .patterns = "Exec format error\ncannot execute binary file",
	  .cause = "A program is for another kind of processor, or a script lacks its #! line.",
	  .action = "Check with file PROGRAM that it is for this machine (uname -m)." },

	/* ---- Services ---- */
	{ .code = "UnitMissing",
	  .patterns = "Unit \\S+ not found\nUnit \\S+ could not be found\nUnit \\S+ is masked\nFailed to enable unit\n"
		      "Failed to (re)?start \\S+: Unit\nunrecognized service",
	  .cause = "The systemd unit does not exist, is masked, or systemd has not read it yet.",
	  .action = "systemctl daemon-reload; systemctl cat UNIT; if it is masked: systemctl unmask UNIT." },
	{ .code = "UnitFailed",
	  .patterns =
		  "Job for \\S+ failed because\nJob for \\S+ failed\\.\nFailed to start \\S+\nFailed with result '\n"
		  "Unit \\S+ entered failed state\nMain process exited, code=exited, status=[1-9]",
	  .cause = "A systemd service did not start.",
	  .action = "systemctl status UNIT and journalctl -xeu UNIT tell why; mend that, then run the step again." },
	{ .code = "UnitStartLimit",
	  .patterns = "Start request repeated too quickly\nstart-limit-hit",
	  .cause = "A service failed so often that systemd no longer starts it.",
	  .action = "Find why with journalctl -u UNIT, mend it, then systemctl reset-failed UNIT." },
	{ .code = "NoSystemd",
	  .patterns =
		  "System has not been booted with systemd\nFailed to connect to bus\nFailed to get D-Bus connection",
	  .cause = "systemd does not run here, or cannot be reached.",
	  .action =
		  "In a container start the service by other means; else check that you are root on the machine itself." },
	{ .code = "ContainerEngine",
	  .patterns =
		  "Cannot connect to the Docker daemon\npull access denied for\nmanifest (unknown|for .* not found)\n"
		  "toomanyrequests: \nno matching manifest for",
	  .cause = "The container engine does not run, or the image cannot be fetched.",
	  .action = "systemctl status docker; check the image's name and the login to its registry." },

	/* ---- Scripts ---- */
	{ .code = "InterpreterMissing",
	  .patterns =
		  "bad interpreter: \nenv: .*: No such file or directory\nrequired file not found\n\\^M: (bad interpreter|No such file)",
	  .cause = "The interpreter of a script's #! line is not installed, or the line ends like on Windows (CR).",
	  .action = "Install it; or turn the script's line ends with sed -i 's/\\r$//' FILE." },
	{ .code = "WindowsLineEnds",
	  .patterns = "\\$'\\\\r': command not found\nsyntax error near unexpected token `\\$'\\\\r''",
	  .cause = "The script has line ends of Windows (CR LF).",
	  .action = "Turn them with sed -i 's/\\r$//' FILE, then run the step with -acceptchange -reason=…." },
	{ .code = "ShellSyntax",
	  .patterns =
		  "[Ss]yntax error: (Unterminated|end of file|EOF|\"|Bad|newline|redirection)\nsyntax error near unexpected token\n"
		  "syntax error: unexpected end of file\nunexpected EOF while looking for matching\nBad substitution\n"
		  "\\[: too many arguments\nunary operator expected",
	  .cause = "The shell script is wrong at the line it names, or is meant for another shell (bash, not sh).",
	  .action = "sh -n SCRIPT (or bash -n) shows where; mend it, then run the step with -acceptchange -reason=…." },
	{ .code = "UnsetVariable",
	  .patterns = ": parameter not set\n: unbound variable\nparameter null or not set\nKeyError: '",
	  .cause = "A variable or key that the script needs is not set.",
	  .action =
		  "Steps have a clean environment: what a script needs must come from a file or from the script itself." },
	{ .code = "PythonModuleMissing",
	  .patterns = "ModuleNotFoundError: \nImportError: \nNo module named ",
	  .cause = "A Python module is not installed for this python3.",
	  .action = "Install it (apt-get install python3-NAME), then run the step again." },
	{ .code = "PythonSyntax",
	  .patterns = "^\\s*(SyntaxError|IndentationError|TabError): ",
	  .cause = "The Python script is wrong at the line it names, or needs a newer Python.",
	  .action =
		  "python3 -m py_compile SCRIPT shows where; mend it, then run the step with -acceptchange -reason=…." },
	{ .code = "PerlModuleMissing",
	  .patterns = "Can't locate \\S+\\.pm in @INC",
	  .cause = "A Perl module is not installed.",
	  .action = "Install it (apt-get install libNAME-perl), then run the step again." },
	{ .code = "NodeModuleMissing",
	  .patterns = "Error: Cannot find module '\nnpm ERR! code E404\nnpm ERR! code ERESOLVE",
	  .cause = "A Node.js module is missing, or npm cannot find or fit its packages.",
	  .action = "Run npm ci in the folder of the program and look at what it says." },
	{ .code = "BadJson",
	  .patterns =
		  "json\\.decoder\\.JSONDecodeError\njq: error .*(Cannot|parse error)\nparse error: Invalid numeric literal\n"
		  "Unexpected token .* in JSON\nis not valid JSON\nYAMLException\nyaml\\.(scanner|parser)\\.\nmapping values are not allowed",
	  .cause = "A JSON or YAML file is damaged or is none.",
	  .action = "Look at the file it names; maybe an error page was downloaded in its place." },
	{ .code = "BadArchive",
	  .patterns =
		  "not in gzip format\nEnd-of-central-directory signature not found\nUnexpected end of (archive|file|data)\n"
		  "tar: Error is not recoverable\nThis does not look like a tar archive\ncrc error\nBad CRC\ninvalid compressed data\nBadZipFile",
	  .cause = "An archive is damaged or was not downloaded to its end.",
	  .action = "Compare its size and SHA-256 with the original, and fetch it again." },
	{ .code = "ChecksumWrong",
	  .patterns =
		  "computed checksums? did NOT match\n(checksum|hash|digest) mismatch\nHash Sum mismatch\nchecksums? do(es)? not match\n"
		  ": FAILED$",
	  .cause = "A file is not what it should be: its checksum differs.",
	  .action = "Fetch it again from where it comes; if that does not help, ask who made it." },
	{ .code = "PatchFailed",
	  .patterns = "Hunk #\\d+ FAILED\nerror: patch failed: \npatch does not apply\nCONFLICT \\(",
	  .cause = "A change does not fit the files that are there.",
	  .action = "Somebody has changed these files: compare them with those of the installed version." },

	/* ---- Rights, and what says least ---- */
	{ .code = "SudoRefused",
	  .patterns =
		  "sudo: a (password|terminal) is required\nis not in the sudoers file\nsudo: no tty present\n"
		  "must be run as root\nare you root\\?\nroot privileges are required\nOnly root can\nyou must be (super-?user|root)",
	  .cause = "The step needs root's rights.",
	  .action = "Execute the runbook as root, or allow the command without a password in /etc/sudoers.d." },
	{ .code = "UserMissing",
	  .patterns =
		  "invalid user: \ninvalid group: \nunknown (user|group)\\b\nuser '?\\S+'? does not exist\ngetpwnam\\(\no such user",
	  .cause = "A user or group does not exist on this machine.",
	  .action = "Create it (useradd --system NAME), then run the step again." },
	{ .code = "OperationNotPermitted",
	  .patterns = "Operation not permitted\nEPERM\navc: +denied\napparmor=\"DENIED\"",
	  .cause =
		  "The system forbids it: rights are missing, the file is immutable (lsattr), or SELinux or AppArmor is in the way.",
	  .action = "Check who runs the step (root?), lsattr FILE, and journalctl -k | grep -i denied." },
	{ .code = "PermissionDenied",
	  .patterns = "Permission denied\nEACCES\nAccess is denied\nUnauthorizedAccessException",
	  .cause = "The user of the step may not read, write or execute that file.",
	  .action = "Look with ls -l at the file and namei -l at its folders; execute the runbook as the right user.",
	  .how = FAILS_BY_EXIT_CODE,
	  .number = 126 },
	{ .code = "CommandMissing",
	  .patterns =
		  ": command not found$\n^\\S+: \\d+: \\S+: not found$\nis not recognized as (an internal|the name of a cmdlet)\n"
		  "executable file not found in \\$PATH\nFileNotFoundError: .*No such file or directory: '[^/]+'$",
	  .cause = "A command that the script needs is not installed, or not in the step's PATH.",
	  .action = "Install its package (apt-file search bin/NAME finds it), or name it with its full path.",
	  .how = FAILS_BY_EXIT_CODE,
	  .number = 127 },
	{ .code = "FileMissing",
	  .patterns =
		  "No such file or directory\nENOENT\nFileNotFoundError\ncannot find the (file|path) specified\nDirectoryNotFoundException",
	  .cause = "A file or folder is missing.",
	  .action = "Check the path that is named: is it spelled right, mounted, and did the step run that makes it?" },
	{ .code = "Killed",
	  .patterns = "^\\S*( \\S+)?: line \\d+: +\\d+ Killed\n^Killed$",
	  .cause = "A process was killed from outside: most likely by the kernel, which had run out of memory.",
	  .action = "journalctl -k | grep -i 'out of memory' tells; add memory or stop what is not needed.",
	  .how = FAILS_BY_EXIT_CODE,
	  .number = 137 },
	{ .code = "KilledScript",
	  .patterns = "",
	  .cause = "The script was killed from outside: by somebody, or by the kernel, which had run out of memory.",
	  .action = "journalctl -k | grep -i 'out of memory' tells; add memory or stop what is not needed.",
	  .how = FAILS_BY_SIGNAL,
	  .number = SIGKILL },
	{ .code = "Terminated",
	  .patterns = "",
	  .cause = "The script was told to end (TERM): by somebody, or because the machine went down.",
	  .action = "journalctl --since '1 hour ago' tells who; then run the step again.",
	  .how = FAILS_BY_SIGNAL,
	  .number = SIGTERM },
	{ .code = "CommandTimedOut",
	  .patterns = "",
	  .cause = "A command was ended by timeout(1), which it was run with.",
	  .action = "Find out what it waited for, or give it more time.",
	  .how = FAILS_BY_EXIT_CODE,
	  .number = 124 },
	{ .code = "TimedOut",
	  .patterns = "",
	  .cause = "The step ran longer than its timeout and was ended.",
	  .action =
		  "See in its log what it waited for. If it only needs longer: raise TimeoutValue in the service-model file.",
	  .how = FAILS_BY_TIMEOUT },
};

const size_t failures_known_count = sizeof(failures_known) / sizeof(failures_known[0]);
