using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Registries.Credentials;

/// <summary>The file of docker's or podman's that a login writes: everything else in it stays, and nobody but its owner may read it.</summary>
internal sealed class LoginFile
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Entries = "auths";

    // What an entry may have of an earlier login; all else, such as a mail address, is kept.
    private static readonly string[] Secrets = ["auth", "username", "password", "identitytoken", "registrytoken"];

    // As docker writes it.
    private static readonly JsonWriterOptions Form = new()
    {
        Indented = true,
        IndentCharacter = '\t',
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Opens a file, which need not exist.</summary>
    internal LoginFile(string path)
    {
        // Those who keep their settings elsewhere have a link here, which is to stay.
        Path = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
    }

    /// <summary>Its path.</summary>
    internal string Path { get; }

    /// <summary>What it has; nothing where it is not there. CTZ4025 where it is not what it should be: then nothing is written over it.</summary>
    internal JsonObject Read()
    {
        var bytes = AtomicFile.TryRead(Path, OciJson.MaxDocumentBytes) ?? [];
        var text = bytes.AsSpan(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0);
        if (text.Trim(" \t\r\n"u8).IsEmpty)
        {
            return [];
        }

        try
        {
            var root = JsonNode.Parse(text, null, new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
            return root is JsonObject content && content[Entries] is null or JsonObject ? content : throw Damaged("it is no object, or its auths are none");
        }
        catch (JsonException)
        {
            throw Damaged("it is not valid JSON");
        }
    }

    /// <summary>Puts a credential in; always a change.</summary>
    internal static bool Set(JsonObject content, string registry, string user, Secret password)
    {
        var entries = content[Entries] as JsonObject;
        var entry = KeysOf(entries, registry).Select(key => entries![key]).OfType<JsonObject>().FirstOrDefault()?.DeepClone().AsObject() ?? [];
        Remove(content, registry);
        if (entries is null)
        {
            content[Entries] = entries = [];
        }

        foreach (var secret in Secrets)
        {
            entry.Remove(secret);
        }

        entry["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password.Reveal()}"));
        entries[CredentialFile.KeyFor(registry)] = entry;
        return true;
    }

    /// <summary>Takes out what there is for a registry, under each of its names; whether there was something.</summary>
    internal static bool Remove(JsonObject content, string registry)
    {
        var entries = content[Entries] as JsonObject;
        var keys = KeysOf(entries, registry);
        foreach (var key in keys)
        {
            entries!.Remove(key);
        }

        return keys.Count > 0;
    }

    /// <summary>Writes it in one step; CTZ3011 leaves what was there.</summary>
    internal void Write(JsonObject content)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Form))
        {
            content.WriteTo(writer);
        }

        text.WriteByte((byte)'\n');
        var temporary = AtomicFile.TemporaryFor(Path);
        try
        {
            EnsureFolder(System.IO.Path.GetDirectoryName(Path)!);
            // Made with its mode: there is no moment when others may read it.
            var options = new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = FileMode;
            }

            using (var file = new FileStream(temporary, options))
            {
                file.Write(text.GetBuffer(), 0, (int)text.Length);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, Path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Discard(temporary);
            throw StorageErrors.Write(Path, e);
        }
    }

    private static List<string> KeysOf(JsonObject? entries, string registry) =>
        [.. (entries ?? []).Select(e => e.Key).Where(key => CredentialFile.RegistryOf(key) == registry)];

    private static void EnsureFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, FileMode | UnixFileMode.UserExecute);
        }
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to tell.
        }
    }

    private ContainerizeException Damaged(string why) =>
        new(4025, $"changing the credentials file {Path}", why, "Correct or remove it; nothing was changed.");
}
