/* openapi.h - the joined API description, made by the generator. */
#ifndef THEKE_PLATFORM_HTTP_OPENAPI_H
#define THEKE_PLATFORM_HTTP_OPENAPI_H

extern const char openapi_document[];

#endif
