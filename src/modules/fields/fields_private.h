/* fields_private.h - for this folder only. */
#ifndef THEKE_MODULES_FIELDS_FIELDS_PRIVATE_H
#define THEKE_MODULES_FIELDS_FIELDS_PRIVATE_H

#include "modules/fields/fields.h"
#include "sql/modules_fields.h"

/* One of the known names. */
enum field_type field_type_find(struct text name);

#endif
