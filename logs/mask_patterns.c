// SPDX-License-Identifier: MIT
#include "logs/mask_patterns.h"

/*
 * How these are written: a name that says "secret" is followed by a value, which is a group. No pattern begins with something repeated, so that
 * a long line costs no more than its length.
 */

/* The word that says so is the last one of the name: a PasswordFile is none, nor is /etc/passwd or a path below /secrets. */
#define WORD                                                                                                                       \
	"(?:(?<![/a-z])pass(?=[\"'=])(?![\"']?\\s*[=:]\\s*\\d{1,6}\\b)|(?<=[_.\\-])pass|"                                          \
	"pass(?:word|wd|phrase|code|key)|pwd(?![\"']?\\s*[:=]\\s*[\"']?(?:/|[a-z]:\\\\))|secret|(?<!expected )token|credentials?|" \
	"(?:api|access|secret|private|account|shared|encryption|encrypt|master|storage|auth|signing|subscription|function|"        \
	"license|hmac|security|session|client|service|admin|root)[_.\\- ]?keys?)"                                                  \
	"(?:[_\\-]?(?:value|hash|base|plain|text|encrypted|b64|base64|old|new|\\d{1,3}))?"
#define NAME "(?<!/)" WORD

/* "pass" alone would be in every line that says that something has passed. */
#define PASS_GRAMS "assw|assp|assc|assk|ass=|ass\"|ass'|ass_|_pas|-pas|.pas"
#define NAME_GRAMS PASS_GRAMS "|pwd|secr|toke|cred|key"

/* What programs say behind "passwd: " and the like. */
#define REPORTS                                                                                                               \
	"(?![\"']?(?:no such|permission|authentication|command not|not found|cannot|can't|could ?n.t|could not|must|invalid|" \
	"failed|failure|error|unable|unknown|incorrect|missing|required|expired|denied|operation|input/output|is a|not a|"    \
	"not set|read-only|file exists|no space|device|bad |line \\d|connection|timed out|unexpected|syntax)\\b)"

/* Between a name and its value. "password= x" has no value; "Password for bob: x" has. */
#define GAP                                                                                    \
	"\\\\*[\"'\\])]?(?:\\s+(?:for|of)\\s+\\S{1,100}?)?(?:\\s*(?::=|=>|:(?!:)\\s*+" REPORTS \
	")\\s*|\\s+=\\s+|\\s*==?)"

/* Quoted in quotes of a quoted text; quoted; or a word, with separators in it unless another name follows them. */
#define NO_VALUE "(?!(?:null|true|false|none|nil|undefined)\\b\\s*(?:[,}\\]]|$)|[|>][+\\-\\d]{0,2}\\s*$)"
#define ESCAPED_QUOTED "\\\\+\"((?:(?!\\\\+\").)++)"
#define QUOTED "[bBuUrRN@$]?(?:\"((?:[^\"\\\\]|\\\\.)++)\"|'((?:[^'\\\\]|\\\\.|'')++)')"
#define UNCLOSED "[bBuUrRN@$]?(?:\"((?:[^\"\\\\]|\\\\.)++\\\\?)$|'((?:[^'\\\\]|\\\\.)++\\\\?)$)"
#define BARE                                                                          \
	NO_VALUE "[\"']?((?:[^\\s;&,\"'<>\\\\]|[;&,](?=\\S)(?![\\w.\\- ]{1,40}[=:])|" \
		 "[\"'](?![\\s,;:.)\\]}>]|$)|<(?!/)|>(?![\\s<]|$)|\\\\(?![\"'n]|$))++)"
#define VALUE "(?:" ESCAPED_QUOTED "|" QUOTED "|" UNCLOSED "|" BARE ")"

/* What says nothing to people but is long enough to be no word: a digit in it, or upper case behind lower. */
#define RANDOM_AHEAD "(?=[\\w.~+/=\\-]*?(?:\\d|(?-i:[a-z][A-Z])|=))"

#define PROGRAM(names) "\\b(?:" names ")\\b[^|]{0,2000}?\\s"

const struct mask_pattern mask_patterns[] = {
	{ .name = "assignment", .text = NAME GAP VALUE, .grams = NAME_GRAMS },
	{ .name = "assignment behind a slash", .text = "(?<=\\w/)" WORD "[\"']?=(?!=)" VALUE, .grams = NAME_GRAMS },
	{ .name = "assignment in quotes over a line break", .text = NAME GAP QUOTED, .grams = NAME_GRAMS, .lines = 2 },
	{ .name = "environment",
	  .text = "^\\s*(?:\\+\\s+|export\\s+|declare\\s+-\\w+\\s+|set\\s+|setenv\\s+|(?i:Environment=))?"
		  "(?-i:(?!(?:OLD)?PWD=)[A-Z]?[A-Z0-9_]{0,100}?(?:PASS(?:WORD|WD|PHRASE)?|PWD|SECRET|TOKEN|CREDENTIALS?|"
		  "(?:API|ACCESS|SECRET|PRIVATE|ACCOUNT|SHARED|ENCRYPTION|MASTER|STORAGE|AUTH|SIGNING|HMAC|SECURITY|SESSION|LICENSE)_?KEY)"
		  "(?!_(?:FILE|PATH|DIR|URL|TYPE|NAME|SIZE|ID|TTL|LENGTH|EXPIRY))(?:_[A-Z0-9]{1,10})?)"
		  "(?<!BYPASS)=(?![0-9]{1,3}$)(.+)$",
	  .grams = NAME_GRAMS },
	{ .name = "setting to the end of its line",
	  .text = "^\\s*(?:-\\s+)?[\\w.\\-]{0,60}?" NAME ":\\s++" REPORTS NO_VALUE "(?![\"'\\\\|>])(.+)$",
	  .grams = NAME_GRAMS },
	{ .name = "option",
	  .text = "(?:^|[\\s\"'(])(?:--?|/)[\\w.\\-]{0,60}?" WORD "\\s+(?!\\\\$)" VALUE,
	  .grams = NAME_GRAMS },
	{ .name = "option before a line break",
	  .text = "(?:^|[\\s\"'(])(?:--?|/)[\\w.\\-]{0,60}?" WORD "[ =]?\\\\\\s+" VALUE,
	  .grams = NAME_GRAMS,
	  .lines = 2 },
	{ .name = "option in a list",
	  .text = "[\"'](?:--?|/)[\\w.\\-]{0,60}?" WORD "[\"']\\s*,\\s*(?:" QUOTED "|" UNCLOSED ")",
	  .grams = NAME_GRAMS },
	{ .name = "name and value",
	  .text = "(?:key|name)\\\\?[\"']?\\s*[=:]\\s*\\\\?[\"']?[\\w.\\-:]{0,100}?" WORD
		  "\\\\?[\"']?\\s*,?\\s*\\\\?[\"']?value\\\\?[\"']?\\s*[=:]\\s*" VALUE,
	  .grams = NAME_GRAMS,
	  .lines = 2 },
	{ .name = "element",
	  .text = "<[\\w.:\\-]{0,60}?" WORD "(?:\\s[^<>]{0,1000})?>(?:([^<]++)|<!\\[CDATA\\[(.*?)\\]\\]>)</",
	  .grams = NAME_GRAMS,
	  .lines = 3,
	  .is_shape = true },
	{ .name = "said in words",
	  .text = NAME "\\s+(?:is|was set to|set to|changed to)\\s*:?\\s+(?=\\S*\\d)[\"']?([^\\s\"']+)",
	  .grams = NAME_GRAMS },
	{ .name = "SecureString", .text = "ConvertTo-SecureString\\s+(?:-String\\s+)?" VALUE, .grams = "cure" },
	{ .name = "authorization header",
	  .text = "\\bauthorization\\\\*[\"']?\\s*[:=]\\s*\\\\*[\"']?"
		  "(?:(?:bearer|basic|token|digest|negotiate|ntlm|apikey|aws4-hmac-sha256)\\s+)?([^\\s\"'\\\\][^\"'\\\\]*)",
	  .grams = "riza" },
	{ .name = "bearer",
	  .text = "\\b(?:bearer|basic)[ +]" RANDOM_AHEAD "([\\w.~+/=\\-]{6,})",
	  .grams = "arer|asic" },
	{ .name = "cookie", .text = "\\b(?:set-)?cookie\\\\?[\"']?:\\s*(.+)$", .grams = "ooki" },
	{ .name = "password in a URL",
	  .text = "(?<=[a-z0-9])://[^\\s/:@\"'<>]{0,200}:(?!\\d{1,5}(?:[/?#\\s\"'<>]|$))([^\\s\"'<>]{1,2000}?)@(?=[\\w.\\-\\[])"
		  "(?![^\\s/\"'<>]{1,2000}@)",
	  .grams = "://",
	  .is_shape = true },
	{ .name = "token in a URL",
	  .text = "(?<=[a-z0-9])://(?=[^\\s/@]{0,100}\\d)([^\\s/:@\"'<>]{20,2000})@",
	  .grams = "://",
	  .is_shape = true },
	{ .name = "query of a URL",
	  .text = "[?&](?:sig|signature|x-amz-signature|x-amz-credential|code|key)=([^&\\s\"'<>]{6,})",
	  .grams = "sig=|ure=|ial=|ode=|key=" },
	{ .name = "private key",
	  .text = "-----BEGIN[^\\-]{0,40}PRIVATE KEY[^\\-]{0,20}-----(?!.*-----END)",
	  .grams = "BEGI",
	  .opens = OPENS_KEY },
	{ .name = "block",
	  .text = "^(\\s*)(?:-\\s+)?[\"']?[\\w.\\-]{0,60}?" WORD "[\"']?:\\s*[|>][+\\-\\d]{0,2}\\s*$",
	  .grams = NAME_GRAMS,
	  .opens = OPENS_BLOCK },
	{ .name = "private key in one line",
	  .text = "-----BEGIN[^\\-]{0,40}PRIVATE KEY[^\\-]{0,20}-----([^\\-]+(?:-{1,4}[^\\-]+)*+)",
	  .grams = "BEGI" },
	{ .name = "token",
	  .text = "(?-i:(?<![A-Za-z0-9])(?:(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36,251}|"
		  "github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}|gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent)-[\\w\\-]{20,300}|"
		  "xox[abeoprs]-[\\w\\-]{10,300}|xapp-[\\w\\-]{10,300}|AIza[\\w\\-]{35}|[srp]k_(?:live|test)_[A-Za-z0-9]{16,255}|"
		  "whsec_[A-Za-z0-9+/=]{20,100}|sk-[A-Za-z0-9_\\-]{20,255}|npm_[A-Za-z0-9]{36}|pypi-[\\w\\-]{50,300}|"
		  "do[opr]_v1_[0-9a-f]{64}|hv[sbr]\\.[\\w\\-]{20,300}|SG\\.[\\w\\-]{22}\\.[\\w\\-]{43}|"
		  "AGE-SECRET-KEY-1[0-9A-Z]{58}|eyJ[\\w\\-]{8,8000}\\.[\\w\\-]{8,8000}(?:\\.[\\w\\-]{8,8000}){1,3}))",
	  .grams =
		  "akia|asia|abia|acca|ghp_|gho_|ghu_|ghs_|ghr_|gith|glpa|gldt|glrt|glcb|glpt|glft|glso|glim|glag|xoxa|xoxb|xoxe|"
		  "xoxo|xoxp|xoxr|xoxs|xapp|aiza|sk_l|sk_t|rk_l|rk_t|pk_l|pk_t|whse|sk-|npm_|pypi|doo_|dop_|dor_|hvs.|hvb.|hvr.|"
		  "sg.|secr|eyj",
	  .lines = 40,
	  .is_shape = true,
	  .is_wrapped = true },
	{ .name = "address of a hook",
	  .text = "hooks\\.slack\\.com/(?:services|workflows)/([\\w/]{20,})|outlook\\.office\\.com/webhook/([\\w@\\-/]{20,})",
	  .grams = "hook" },
	{ .name = "hashed password",
	  .text = "\\$(?:1|2[abxy]?|5|6|7|y|gy|argon2(?:id?|d)|scrypt|pbkdf2[\\w\\-]{0,20})\\$[^\\s:\"'<>]{20,}",
	  .grams = "$1$|$2a$|$2b$|$2x$|$2y$|$2$|$5$|$6$|$7$|$y$|gy$|argo|scry|pbkd" },
	{ .name = "attached to -p",
	  .text = "\\b(?:mysql|mariadb|7z)\\w*(?:-\\w+)?\\s(?:[^|]{0,2000}?\\s|)(?:-p)(?!\\s|rotocol|ort|lugin)" VALUE,
	  .grams = "mysq|mari|7z " },
	{ .name = "word behind -p",
	  .text = PROGRAM(
		  "sshpass|az\\s+login|docker\\s+login|podman\\s+login|oc\\s+login|helm\\s+registry\\s+login|mongo\\w*|"
		  "sqlcmd|bcp|isql") "-[pP]\\s*" VALUE,
	  .grams = "hpas|ogin|mong|sqlc|bcp|isql" },
	{ .name = "behind -a or -w",
	  .text = "\\b(?:redis-cli\\b[^|]{0,2000}?\\s-a|ldap\\w+\\b[^|]{0,2000}?\\s-w)\\s*" VALUE,
	  .grams = "edis|ldap" },
	{ .name = "user and password",
	  .text = PROGRAM(
		  "curl|wget|http|https") "(?:-u|--user|--proxy-user|-U|-a|--auth)[ =]?[\"']?[^\\s:\"'\\-][^\\s:\"']{0,200}:"
					  "([^\\s\"']+)",
	  .grams = "curl|wget" },
	{ .name = "user%password",
	  .text = PROGRAM("smbclient|rpcclient|net|mount\\.cifs") "(?:-U|--user)[ =]?[\"']?[^\\s%]{1,200}%([^\\s\"']+)",
	  .grams = "smbc|rpcc|net |cifs" },
	{ .name = "words of other programs",
	  .text = "\\bpass:([^\\s\"',]{4,})|\\bnet\\s+user\\s+\\S{1,100}\\s+([^\\s/]\\S*)\\s+/add|"
		  ":([^\\s\"':|]{1,200})[\"']?\\s*\\|\\s*(?:sudo\\s+)?chpasswd|\\blogin\\s+\\S{1,200}\\s+password\\s+(\\S+)|"
		  "\\bhtpasswd\\s+-\\w*b\\w*\\s+(?:-\\w+\\s+)*\\S+\\s+\\S+\\s+(\\S+)|:(?:5432|6432):[^:\\s]{1,200}:[^:\\s]{1,200}:(\\S+)",
	  .grams = "ass:|assw|net |5432|6432" },
	{ .name = "SQL",
	  .text = "\\bidentified\\s+(?:with\\s+\\S{1,100}\\s+)?(?:by|as)\\s+(?:password\\s+)?(?:" QUOTED
		  "|([^\\s;\"']+))|"
		  "\\bpassword\\s*\\(?\\s*N?'((?:[^'\\\\]|\\\\.|'')+)",
	  .grams = "tifi|assw" },
};

const size_t mask_pattern_count = sizeof(mask_patterns) / sizeof(mask_patterns[0]);
