using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MsTest = Microsoft.VisualStudio.TestTools.UnitTesting;

namespace nanoFramework.TestFramework;

/// <summary>A class of tests; the portable tests see this name on the device and here.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TestClassAttribute : MsTest.TestClassAttribute
{
}

/// <summary>A test. Before the first one of a class its <see cref="SetupAttribute"/> methods run, once, as on the device.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TestMethodAttribute([CallerFilePath] string file = "", [CallerLineNumber] int line = -1)
    : MsTest.TestMethodAttribute(file, line)
{
    private static readonly ConcurrentDictionary<Type, Lazy<Exception?>> SetUps = new();

    /// <inheritdoc/>
    public override async Task<TestResult[]> ExecuteAsync(ITestMethod testMethod)
    {
        Type type = testMethod.MethodInfo.DeclaringType!;
        Exception? failure = SetUps.GetOrAdd(type, t => new Lazy<Exception?>(() => RunSetup(t))).Value;
        return failure == null
            ? await base.ExecuteAsync(testMethod)
            : [new TestResult { Outcome = UnitTestOutcome.Failed, TestFailureException = failure }];
    }

    private static Exception? RunSetup(Type type)
    {
        try
        {
            foreach (MethodInfo method in type.GetMethods().Where(m => m.GetCustomAttribute<SetupAttribute>() != null))
            {
                method.Invoke(method.IsStatic ? null : Activator.CreateInstance(type), null);
            }

            return null;
        }
        catch (TargetInvocationException error)
        {
            return error.InnerException;
        }
    }
}

/// <summary>Runs once before the tests of its class.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SetupAttribute : Attribute
{
}

/// <summary>One run of a test with these arguments.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class DataRowAttribute(params object[] methodParameters) : Attribute, ITestDataSource
{
    /// <summary>The arguments.</summary>
    public object[] MethodParameters { get; } = methodParameters;

    /// <inheritdoc/>
    public IEnumerable<object?[]> GetData(MethodInfo methodInfo) => [MethodParameters];

    /// <inheritdoc/>
    public string? GetDisplayName(MethodInfo methodInfo, object?[]? data) =>
        $"{methodInfo.Name} ({string.Join(", ", data ?? [])})";
}
