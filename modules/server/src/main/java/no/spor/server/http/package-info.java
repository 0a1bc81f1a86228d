/// The HTTP door: translates requests and answers, decides nothing.
@NullMarked
package no.spor.server.http;

import org.jspecify.annotations.NullMarked;
