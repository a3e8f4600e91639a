using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Containerize.Base.Maker;

/// <summary>What update-ca-certificates makes of the certificate files: one bundle, and a folder that OpenSSL looks up by name hashes.</summary>
internal static class Certificates
{
    private const string Folder = "etc/ssl/certs";

    /// <summary>The bundle, the links and the list of what is trusted.</summary>
    /// <param name="files">The certificates of the ca-certificates package, PEM.</param>
    public static IEnumerable<DebianFile> Made(IEnumerable<DebianFile> files)
    {
        var sorted = files.OrderBy(f => f.Path, StringComparer.Ordinal).ToList();
        var bundle = new MemoryStream();
        var hashes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in sorted)
        {
            bundle.Write(file.Bytes!);
            if (file.Bytes![^1] != '\n')
            {
                bundle.WriteByte((byte)'\n');
            }

            var name = Path.GetFileNameWithoutExtension(file.Path).Replace(' ', '_').Replace('(', '=').Replace(')', '=').Replace(',', '_') + ".pem";
            yield return Link($"{Folder}/{name}", "/" + file.Path);

            using var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(file.Bytes));
            var hash = NameHash(certificate.SubjectName.RawData);
            var number = hashes.GetValueOrDefault(hash);
            hashes[hash] = number + 1;
            yield return Link($"{Folder}/{hash}.{number}", name);
        }

        yield return new DebianFile($"{Folder}/ca-certificates.crt", 0b110_100_100, bundle.ToArray(), null);
        var list = string.Concat(sorted.Select(f => f.Path["usr/share/ca-certificates/".Length..] + "\n"));
        yield return new DebianFile("etc/ca-certificates.conf", 0b110_100_100, Encoding.UTF8.GetBytes(list), null);
    }

    /// <summary>OpenSSL's hash of a subject name, as X509_NAME_hash_ex has it: the first four bytes, little endian, of SHA-1 over the canonical name.</summary>
    public static string NameHash(ReadOnlyMemory<byte> name)
    {
        var canonical = new MemoryStream();
        var parts = new AsnReader(name, AsnEncodingRules.DER).ReadSequence();
        while (parts.HasData)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            var attributes = parts.ReadSetOf();
            using (writer.PushSetOf())
            {
                while (attributes.HasData)
                {
                    var attribute = attributes.ReadSequence();
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(attribute.ReadObjectIdentifier());
                        WriteCanonical(writer, attribute);
                    }
                }
            }

            canonical.Write(writer.Encode());
        }

#pragma warning disable CA5350 // A file name that OpenSSL defines, nothing that anybody trusts.
        var hash = SHA1.HashData(canonical.ToArray());
#pragma warning restore CA5350
        return BitConverter.ToUInt32(hash).ToString("x8", CultureInfo.InvariantCulture);
    }

    // Text is compared without case and outer or repeated blanks (RFC 5280, 7.1, as OpenSSL does it: ASCII only).
    private static void WriteCanonical(AsnWriter writer, AsnReader value)
    {
        var tag = value.PeekTag();
        if (tag.TagClass == TagClass.Universal
            && (UniversalTagNumber)tag.TagValue is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String
                or UniversalTagNumber.T61String or UniversalTagNumber.BMPString or UniversalTagNumber.VisibleString)
        {
            var words = value.ReadCharacterString((UniversalTagNumber)tag.TagValue).Split([' ', '\t', '\n', '\v', '\f', '\r'], StringSplitOptions.RemoveEmptyEntries);
            var text = string.Concat(string.Join(' ', words).Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c));
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, text);
        }
        else
        {
            writer.WriteEncodedValue(value.ReadEncodedValue().Span);
        }
    }

    private static DebianFile Link(string path, string target) => new(path, 0b111_111_111, null, target);
}
