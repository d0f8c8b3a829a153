using System.Globalization;
using System.Reflection;
using System.Text;

namespace DoorController.Bench.Budget;

/// <summary>
/// The managed heap of nanoFramework, as nf-interpreter a3e8139a1 lays it out on a 32-bit chip, for objects that live on this PC. It is
/// made of blocks of 12 bytes (CLR_RT_HeapBlock). An object takes one block and one for each instance field, whatever its type, inherited
/// ones included (Execution.cpp, NewObject). An array takes 20 bytes and its elements, of which references take a block each
/// (CLR_RT_HeapBlock_Array). A string takes a block and its UTF-8 bytes with a zero behind; a literal takes the block only, because its
/// bytes stay in flash (CLR_RT_HeapBlock_String.cpp). A static field is a block. Everything is rounded up to blocks.
/// What is walked is the firmware's own object graph; the virtual devices of this PC are left out, and the adapters of the board are added by
/// <see cref="DeviceAdapters"/>.
/// </summary>
internal sealed class NanoHeap
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockBytes = 12;

    private const int ArrayHeader = 20;
    private const BindingFlags Instance =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>Rounds up to blocks.</summary>
    public static int Round(int bytes) => (bytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    /// <summary>An object with so many fields.</summary>
    public static int OfObject(int fields) => BlockBytes * (1 + fields);

    /// <summary>An array.</summary>
    public static int OfArray(int elements, int elementBytes) => Round(ArrayHeader + (elements * elementBytes));

    /// <summary>Bytes of what can be reached from an object and was not counted before.</summary>
    /// <exception cref="InvalidOperationException">There is an object for which there is no rule.</exception>
    public int Count(object? root)
    {
        int bytes = 0;
        var waiting = new Stack<object>();
        Push(waiting, root);
        while (waiting.TryPop(out object? next))
        {
            bytes += SizeOf(next);
            foreach (object? child in Children(next))
            {
                Push(waiting, child);
            }
        }

        return bytes;
    }

    /// <summary>Bytes of the static fields of a type and of what they refer to.</summary>
    public int CountStatics(Type type)
    {
        int bytes = 0;
        foreach (FieldInfo field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        {
            if (!field.IsLiteral)
            {
                bytes += BlockBytes + Count(field.GetValue(null));
            }
        }

        return bytes;
    }

    /// <summary>All instance fields, inherited ones included.</summary>
    public static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (Type? t = type; t != null && t != typeof(object); t = t.BaseType)
        {
            foreach (FieldInfo field in t.GetFields(Instance))
            {
                yield return field;
            }
        }
    }

    /// <summary>A type of the firmware or of its contracts, which the device has as well.</summary>
    public static bool IsPortable(Type type) => type.Assembly == typeof(Door).Assembly && IsPortable(type.Namespace);

    /// <summary>A namespace of the host's assembly that the device has as well: all but the virtual devices.</summary>
    public static bool IsPortable(string? room) => room != null && (room == "DoorController" || room.StartsWith("DoorController.", StringComparison.Ordinal))
        && !room.StartsWith("DoorController.Hal.Host", StringComparison.Ordinal);

    private static int SizeOf(object value) => value switch
    {
        string text => string.IsInterned(text) != null ? BlockBytes : Round(BlockBytes + Encoding.UTF8.GetByteCount(text) + 1),
        Array array => OfArray(array.Length, ElementBytes(array.GetType().GetElementType()!)),
        _ when value.GetType() == typeof(object) => OfObject(0),
        _ when IsPortable(value.GetType()) => OfObject(FieldsOf(value.GetType()).Count()),
        _ => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"no rule for {value.GetType()} on the device's heap")),
    };

    private static int ElementBytes(Type element) => Type.GetTypeCode(element) switch
    {
        TypeCode.Boolean or TypeCode.Byte or TypeCode.SByte => 1,
        TypeCode.Char or TypeCode.Int16 or TypeCode.UInt16 => 2,
        TypeCode.Int32 or TypeCode.UInt32 => 4,
        TypeCode.Int64 or TypeCode.UInt64 => 8,
        _ => BlockBytes,
    };

    private static IEnumerable<object?> Children(object value)
    {
        if (value is Array array)
        {
            return array.GetType().GetElementType()!.IsValueType ? [] : array.Cast<object?>();
        }

        return value is string || value.GetType() == typeof(object)
            ? []
            : FieldsOf(value.GetType()).Where(field => !field.FieldType.IsValueType).Select(field => field.GetValue(value));
    }

    private void Push(Stack<object> waiting, object? value)
    {
        bool isDevice = value?.GetType().Namespace?.StartsWith("DoorController.Hal.Host", StringComparison.Ordinal) == true || value is IMetered;
        if (value != null && !isDevice && _seen.Add(value))
        {
            waiting.Push(value);
        }
    }
}
