// SPDX-License-Identifier: MIT
#include "runbook/installation_info.h"

#include <strings.h>

#include "runbook/base/alloc.h"
#include "runbook/xml_doc.h"

static bool read_file(const char *path, const struct xml_doc_kind *kind, void *ret, struct problem_list *problems,
		      struct problem_list *warnings)
{
	CLEANUP_XML_SOURCE struct xml_source *source = xml_source_open(path, XML_DOC_LIMIT_BYTES, problems);

	return xml_doc_read_as(kind, ret, source, problems, warnings);
}

static bool parse(const struct document *document, const struct xml_doc_kind *kind, void *ret,
		  struct problem_list *problems, struct problem_list *warnings)
{
	CLEANUP_XML_SOURCE
	struct xml_source *source = xml_source_from_memory(document->text, document->length, document->file);

	return xml_doc_read_as(kind, ret, source, problems, warnings);
}

static void read_service_model(struct xml_doc *doc, xmlNode *root, void *ret)
{
	static const char *const known[] = { "InstallationDateTime",
					     "InstallationInfoFilePath",
					     "GeneratedFromAXMetadata",
					     "Configuration",
					     "CustomName",
					     "CustomVersion",
					     "CustomDescription",
					     "CustomPublisher",
					     "ServiceModelGroup",
					     "ProductRegisteredName",
					     NULL };
	struct service_model_installation_info *info = ret;

	info->name = xml_read_text(doc, root, "Name", XML_PLAIN_NAME);
	info->version = xml_read_text(doc, root, "Version", XML_TRIM);
	info->description = xml_read_text(doc, root, "Description", XML_OPTIONAL);
	info->publisher = xml_read_text(doc, root, "Publisher", XML_OPTIONAL);
	info->release_version = xml_read_text(doc, root, "ReleaseVersion", XML_TRIM);
	xml_read_known(doc, root, known);
}

static void release_service_model(void *info)
{
	service_model_installation_info_release(info);
}

static const struct xml_doc_kind service_model_kind = { "ServiceModelInstallationInfo", read_service_model,
							release_service_model };

bool service_model_installation_info_read(const char *path, struct service_model_installation_info *ret,
					  struct problem_list *problems, struct problem_list *warnings)
{
	*ret = (struct service_model_installation_info){ 0 };
	return read_file(path, &service_model_kind, ret, problems, warnings);
}

bool service_model_installation_info_parse(const struct document *document, struct service_model_installation_info *ret,
					   struct problem_list *problems, struct problem_list *warnings)
{
	*ret = (struct service_model_installation_info){ 0 };
	return parse(document, &service_model_kind, ret, problems, warnings);
}

void service_model_installation_info_release(struct service_model_installation_info *info)
{
	free(info->name);
	free(info->version);
	free(info->description);
	free(info->publisher);
	free(info->release_version);
	*info = (struct service_model_installation_info){ 0 };
}

static void read_hotfix(struct xml_doc *doc, xmlNode *root, void *ret)
{
	static const char *const known[] = { "InstallationDateTime",    "InstallationInfoFilePath",
					     "GeneratedFromAXMetadata", "IncludedDeployablePackages",
					     "OtherComponentList",      "MetadataModuleRelease",
					     "MetadataModelList",       "IsCompatibleWithSealedRelease",
					     "AllComponentList",        NULL };
	struct hotfix_installation_info *info = ret;

	info->name = xml_read_text(doc, root, "Name", XML_TRIM);
	info->description = xml_read_text(doc, root, "Description", XML_OPTIONAL);
	info->version = xml_read_text(doc, root, "Version", XML_TRIM);
	info->publisher = xml_read_text(doc, root, "Publisher", XML_OPTIONAL);
	info->type = xml_read_text(doc, root, "Type", XML_TRIM);
	info->platform_version = xml_read_text(doc, root, "PlatformVersion", XML_TRIM);
	info->platform_release = xml_read_text(doc, root, "PlatformReleaseDisplayName", XML_TRIM);
	xml_read_strings(doc, root, "ServiceModelList", &info->service_models);
	xml_read_strings(doc, root, "MetadataModuleList", &info->modules);
	xml_read_known(doc, root, known);
}

static void release_hotfix(void *info)
{
	hotfix_installation_info_release(info);
}

static const struct xml_doc_kind hotfix_kind = { "HotfixInstallationInfo", read_hotfix, release_hotfix };

bool hotfix_installation_info_read(const char *path, struct hotfix_installation_info *ret,
				   struct problem_list *problems, struct problem_list *warnings)
{
	*ret = (struct hotfix_installation_info){ 0 };
	return read_file(path, &hotfix_kind, ret, problems, warnings);
}

bool hotfix_installation_info_parse(const struct document *document, struct hotfix_installation_info *ret,
				    struct problem_list *problems, struct problem_list *warnings)
{
	*ret = (struct hotfix_installation_info){ 0 };
	return parse(document, &hotfix_kind, ret, problems, warnings);
}

void hotfix_installation_info_release(struct hotfix_installation_info *info)
{
	free(info->name);
	free(info->description);
	free(info->version);
	free(info->publisher);
	free(info->type);
	free(info->platform_version);
	free(info->platform_release);
	strv_release(&info->service_models);
	strv_release(&info->modules);
	*info = (struct hotfix_installation_info){ 0 };
}

static void read_packages(struct xml_doc *doc, xmlNode *root, void *ret)
{
	struct released_packages *packages = ret;
	xmlNode *element = NULL;
	size_t alloc = 0;

	while ((element = xml_read_next(doc, root, element, "Package"))) {
		struct released_package *package;

		packages->items = xgrow(packages->items, packages->count, &alloc, sizeof(*packages->items));
		package = &packages->items[packages->count++];
		package->guid = xml_read_text(doc, element, "Guid", XML_REQUIRED | XML_NOT_EMPTY | XML_TRIM);
		package->package_type =
			xml_read_text(doc, element, "PackageType", XML_REQUIRED | XML_NOT_EMPTY | XML_TRIM);
		package->description = xml_read_text(doc, element, "Description", XML_OPTIONAL);
		free(xml_read_rest(doc, element, 0));
	}
}

static void release_packages(void *packages)
{
	released_packages_release(packages);
}

static const struct xml_doc_kind packages_kind = { "ReleasedPackages", read_packages, release_packages };

bool released_packages_read(const char *path, struct released_packages *ret, struct problem_list *problems,
			    struct problem_list *warnings)
{
	*ret = (struct released_packages){ 0 };
	return read_file(path, &packages_kind, ret, problems, warnings);
}

bool released_packages_parse(const struct document *document, struct released_packages *ret,
			     struct problem_list *problems, struct problem_list *warnings)
{
	*ret = (struct released_packages){ 0 };
	return parse(document, &packages_kind, ret, problems, warnings);
}

void released_packages_release(struct released_packages *packages)
{
	for (size_t i = 0; i < packages->count; i++) {
		free(packages->items[i].guid);
		free(packages->items[i].package_type);
		free(packages->items[i].description);
	}
	free(packages->items);
	*packages = (struct released_packages){ 0 };
}

const struct released_package *released_packages_find(const struct released_packages *packages, const char *guid)
{
	for (size_t i = 0; i < packages->count; i++)
		if (strcasecmp(packages->items[i].guid, guid) == 0)
			return &packages->items[i];
	return NULL;
}
