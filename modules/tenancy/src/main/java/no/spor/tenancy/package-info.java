/// Who may come in: tenants, API keys, roles, catalogues and their periods, as commands and
/// event-sourced entities.
@NullMarked
package no.spor.tenancy;

import org.jspecify.annotations.NullMarked;
