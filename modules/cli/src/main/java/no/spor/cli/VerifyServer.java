package no.spor.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import no.spor.ledger.verify.CheckpointNote;
import no.spor.ledger.verify.KeyChain;
import no.spor.ledger.verify.Report;
import no.spor.ledger.verify.TreeSource;
import no.spor.ledger.verify.TreeVerifier;
import no.spor.ledger.verify.VerifierKey;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Verifies what a server shows: the public tree and, with a tenant's key, that tenant's events.
final class VerifyServer {
  private static final int MOST_KEYS = 10_000;
  private final VerifyOutput out;
  private final ServerAccess server;
  private final VerifyProgress kept;

  VerifyServer(VerifyOutput out, ServerAccess server, VerifyProgress kept) {
    this.out = out;
    this.server = server;
    this.kept = kept;
  }

  /// @param held a key that is trusted; null to believe what the server shows
  static KeyChain keys(ServerAccess server, @Nullable VerifierKey held) {
    List<String> statements = new ArrayList<>();
    while (statements.size() < MOST_KEYS) {
      byte[] next = server.publicBytesOrNone("/ledger/key/" + statements.size());
      if (next.length == 0) {
        break;
      }
      statements.add(new String(next, StandardCharsets.UTF_8));
    }
    KeyChain keys = statements.isEmpty() ? shown(server, held) : KeyChain.of(statements, held);
    if (keys.isEmpty()) {
      throw CommandFailedException.said("failed.foreign-key", keys.flaws());
    }
    return keys;
  }

  /// Keys without statements of how one handed over to the next.
  private static KeyChain shown(ServerAccess server, @Nullable VerifierKey held) {
    if (held != null) {
      return KeyChain.of(List.of(held));
    }
    List<VerifierKey> keys =
        new String(server.publicBytes("/ledger/key"), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isBlank())
            .map(VerifierKey::parse)
            .toList();
    return KeyChain.of(
        keys.reversed().stream().filter(key -> key.name().equals(keys.getFirst().name())).toList());
  }

  Report check(@Nullable VerifierKey held, List<byte[]> older) {
    KeyChain keys = keys(server, held);
    if (held == null) {
      out.notice("verify.believed-server", keys.current());
    }
    byte[] served = server.publicBytes("/ledger/checkpoint");
    Source source = new Source();
    TreeVerifier verifier = TreeVerifier.of(source);
    keys.flaws().forEach(verifier::keyFlaw);
    for (byte[] note : older) {
      if (keys.formerKeysFor(note).isEmpty()) {
        verifier.checkpoint("the older checkpoint", note, keys.keysFor(note));
      } else {
        out.notice("verify.older-former");
      }
    }
    String tenant = server.hasKey() ? source.tenant() : null;
    if (tenant != null) {
      verifier.tenant(tenant);
    }
    kept.earlier().ifPresent(verifier::resume);
    Report report;
    try (ProgressBar bar = ProgressBar.onTerminal(out.words(), "bar.verifying", size(served))) {
      report =
          verifier
              .progress((size, state) -> {
                bar.at(size, size);
                kept.at(state);
              })
              .run(served, keys.keysFor(served));
    }
    kept.done();
    if (tenant != null) {
      out.say("verify.own-events", tenant, verifier.ownEvents());
    } else {
      out.notice("verify.own-hint");
    }
    return report;
  }

  private static long size(byte[] note) {
    try {
      return CheckpointNote.parse(note).size();
    } catch (IllegalArgumentException e) {
      return 0; // found again, and said, by the verifier
    }
  }

  /// The server's bytes. Thread-safe.
  private final class Source implements TreeSource {
    @Override
    public byte[] entries(long index, int width) {
      return server.publicBytesOrNone("/ledger/tile/entries/" + path(index, width));
    }

    @Override
    public byte[] tile(int level, long index, int width) {
      return server.publicBytesOrNone("/ledger/tile/" + level + "/" + path(index, width));
    }

    @Override
    public OwnHeaders headers(long from) {
      JsonNode page = page(from);
      List<OwnHeader> headers = new ArrayList<>();
      for (JsonNode header : page.path("headers")) {
        headers.add(new OwnHeader(header.path("position").asLong(-1), bytes(header)));
      }
      long next = page.path("next").asLong();
      return new OwnHeaders(headers, next >= page.path("size").asLong() ? Long.MAX_VALUE : next);
    }

    /// @return nothing where it is not in form, which the verifier then says
    private static byte[] bytes(JsonNode header) {
      try {
        return Base64.getDecoder().decode(header.path("header").asString(""));
      } catch (IllegalArgumentException notBase64) {
        return new byte[0];
      }
    }

    /// @return the key's tenant; null for an operator's key, which has none
    @Nullable String tenant() {
      String tenant;
      try {
        tenant = page(0).path("tenant").asString("");
      } catch (CommandFailedException refused) {
        out.notice("verify.no-own", refused.in(out.words()));
        return null;
      }
      return tenant.isEmpty() ? null : tenant;
    }

    private JsonNode page(long from) {
      return JsonMapper.shared().readTree(server.get("/v1/headers?from=" + from));
    }
  }

  /// C2SP `tlog-tiles`, "Merkle Tree".
  static String path(long index, int width) {
    StringBuilder path = new StringBuilder(String.format(Locale.ROOT, "%03d", index % 1000));
    for (long rest = index / 1000; rest > 0; rest /= 1000) {
      path.insert(0, String.format(Locale.ROOT, "x%03d/", rest % 1000));
    }
    return width < 256 ? path + ".p/" + width : path.toString();
  }
}
