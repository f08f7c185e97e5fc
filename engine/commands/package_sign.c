// SPDX-License-Identifier: MIT
#include "engine/commands/output.h"
#include "engine/commands/verbs.h"
#include "packages/signature.h"
#include "runbook/base/clock.h"

static const struct option options[] = {
	{ .name = "key",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .required = true,
	  .help = "The signer's private key, in PEM" },
	{ .name = "cert",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .required = true,
	  .help = "The signer's certificate, with those behind it that lead to a trusted one" },
	{ .name = "passphrasefile",
	  .kind = OPTION_FILE,
	  .value = "FILE",
	  .help = "The file whose first line opens an encrypted key" },
	OPTION_END,
};

static void print_report(const struct command_context *context, const struct signature *signature)
{
	const char *archive = context->operands->items[0];
	CLEANUP_FREE char *path = signature_path(archive);
	char expires[CLOCK_TEXT_SIZE];

	clock_format_plain(signature->expires_ns, expires);
	if (context->json)
		output_json(json_pack("{s:o, s:o, s:o, s:o, s:s, s:o}", "archive", output_json_text(archive),
				      "signature", output_json_text(path), "signer",
				      output_json_text(signature->signer), "key", output_json_text(signature->key),
				      "fingerprint", signature->fingerprint, "expires",
				      output_json_time(signature->expires_ns)));
	else if (!context->quiet)
		output_line("%s signed by %s (%s), whose certificate is valid until %s: %s", archive, signature->signer,
			    signature->key, expires, path);
}

static bool run(const struct command_context *context, struct error *err)
{
	const struct signing_request request = { .archive = context->operands->items[0],
						 .key_file = option_text(context->options, "key"),
						 .certificate_file = option_text(context->options, "cert"),
						 .passphrase_file = option_text(context->options, "passphrasefile") };
	CLEANUP_SIGNATURE struct signature signature = SIGNATURE_INIT;

	if (!signature_make(&request, &signature, err))
		return false;
	print_report(context, &signature);
	return true;
}

const struct command command_package_sign = {
	.name = "package sign",
	.summary = "Signs a package",
	.description =
		"Writes FILE.p7s, a detached CMS signature over the bytes of the archive, and replaces an older one. Hand it on together "
		"with the archive. Those who put the certificate, or that of the authority behind it, into " SIGNATURE_TRUST_FOLDER
		" can then see that the package comes from you and was not changed.\n"
		"RSA and ECDSA keys will do. A certificate that has expired, or is for something else than signing, is refused (exit 7).",
	.operands = "FILE",
	.operand_min = 1,
	.operand_max = 1,
	.options = options,
	.run = run,
};
