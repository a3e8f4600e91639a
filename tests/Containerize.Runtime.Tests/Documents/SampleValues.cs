using System.Reflection;

namespace Containerize.Runtime.Tests.Documents;

/// <summary>Documents in which everything is given, each value another one.</summary>
internal sealed class SampleValues
{
    private int _next = 1;

    /// <summary>Such a document.</summary>
    public static T Of<T>() => (T)new SampleValues().Make(typeof(T));

    private object Make(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        return type switch
        {
            _ when type == typeof(string) => $"text \"{_next++}\" ä",
            _ when type == typeof(bool) => true,
            _ when type.IsPrimitive => Convert.ChangeType(_next++, type),
            { IsGenericType: true } when type.GenericTypeArguments.Length == 2 => Fill(typeof(Dictionary<,>), type, (map, item) => map.Add($"name {_next++}", item)),
            { IsGenericType: true } => Fill(typeof(List<>), type, (list, item) => list.Add(item)),
            _ => MakeRecord(type),
        };
    }

    private dynamic Fill(Type collection, Type type, Action<dynamic, dynamic> add)
    {
        dynamic filled = Activator.CreateInstance(collection.MakeGenericType(type.GenericTypeArguments))!;
        add(filled, (dynamic)Make(type.GenericTypeArguments[^1]));
        add(filled, (dynamic)Make(type.GenericTypeArguments[^1]));
        return filled;
    }

    private object MakeRecord(Type type)
    {
        var record = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            property.SetValue(record, Make(property.PropertyType));
        }

        return record;
    }
}
