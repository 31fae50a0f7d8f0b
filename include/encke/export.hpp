// SPDX-License-Identifier: MIT
// ENCKE_API marks what libencke.so exports: the functions and classes of these headers that are not defined in them.
// It is the same in the static library, which is made of the same objects.
#pragma once

#if defined(__GNUC__)
#define ENCKE_API __attribute__((visibility("default")))
#else
#define ENCKE_API
#endif
