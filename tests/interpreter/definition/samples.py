"""Valid definitions that use every type of state and nearly every field; tests break them in all ways."""

from __future__ import annotations

from typing import Any

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:work"

EVERYTHING: dict[str, Any] = {
    "Comment": "every type of state",
    "Version": "1.0",
    "QueryLanguage": "JSONPath",
    "TimeoutSeconds": 3600,
    "StartAt": "Pass",
    "States": {
        "Pass": {
            "Type": "Pass",
            "InputPath": "$.a",
            "Parameters": {"x.$": "$.x", "list": [{"y.$": "States.Format('{}', $$.Execution.Name)"}]},
            "ResultPath": "$.result[0].x",
            "OutputPath": None,
            "Assign": {"total.$": "States.MathAdd($.x, 1)", "name": "n"},
            "Next": "Task",
        },
        "Task": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Credentials": {"RoleArn.$": "$.role"},
            "TimeoutSeconds": 60,
            "HeartbeatSecondsPath": "$.heartbeat",
            "Parameters": {"FunctionName": "f", "Payload": {"token.$": "$$.Task.Token"}},
            "ResultSelector": {"id.$": "$.id"},
            "Retry": [
                {
                    "ErrorEquals": ["A", "B"],
                    "IntervalSeconds": 2,
                    "MaxAttempts": 0,
                    "BackoffRate": 1.5,
                    "MaxDelaySeconds": 9,
                    "JitterStrategy": "FULL",
                },
                {"ErrorEquals": ["States.ALL"]},
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Assign": {"e.$": "$"}, "Next": "Fail"}],
            "Next": "Choice",
        },
        "Choice": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.n", "NumericGreaterThan": 1, "Next": "Wait", "Assign": {"why": "n"}},
                {
                    "And": [
                        {"Variable": "$total", "IsPresent": True},
                        {"Not": {"Or": [{"Variable": "$.s", "StringEqualsPath": "$.t"}]}},
                        {"Variable": "$.at", "TimestampLessThan": "2024-01-01T00:00:00Z"},
                    ],
                    "Next": "Parallel",
                },
            ],
            "Default": "Succeed",
        },
        "Wait": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "WaitUntil"},
        "WaitUntil": {"Type": "Wait", "Timestamp": "2024-01-01T00:00:00.123Z", "End": True},
        "Parallel": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "Left", "States": {"Left": {"Type": "Task", "Resource": LAMBDA, "End": True}}},
                {"Comment": "right", "StartAt": "Right", "States": {"Right": {"Type": "Succeed"}}},
            ],
            "ResultPath": "$.both",
            "Next": "Map",
        },
        "Map": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "ItemSelector": {"item.$": "$$.Map.Item.Value"},
            "MaxConcurrency": 4,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "Item",
                "States": {"Item": {"Type": "Pass", "Result": {"x.$": 1}, "Assign": {"inner": 1}, "End": True}},
            },
            "End": True,
        },
        "Succeed": {"Type": "Succeed", "OutputPath": "$.done"},
        "Fail": {"Type": "Fail", "ErrorPath": "$.Error", "CausePath": "States.JsonToString($)"},
    },
}

EVERYTHING_IN_JSONATA: dict[str, Any] = {
    "QueryLanguage": "JSONata",
    "StartAt": "Pass",
    "States": {
        "Pass": {
            "Type": "Pass",
            "Output": {"a": ["{% $states.input.a %}", None], "b.$": "b"},
            "Assign": {"x": "{% $states.context.State.Name %}"},
            "Next": "Task",
        },
        "Task": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "f", "Payload": "{% $states.input %}"},
            "Credentials": {"RoleArn": "{% $states.input.role %}"},
            "TimeoutSeconds": "{% $states.input.seconds %}",
            "HeartbeatSeconds": 5,
            "Output": "{% $states.result.Payload %}",
            "Assign": {"x": "{% $states.result.StatusCode %}"},
            "Retry": [{"ErrorEquals": ["States.QueryEvaluationError"]}],
            "Catch": [
                {
                    "ErrorEquals": ["States.ALL"],
                    "Output": {"error": "{% $states.errorOutput %}"},
                    "Assign": {"cause": "{% $states.errorOutput.Cause %}"},
                    "Next": "Fail",
                }
            ],
            "Next": "Choice",
        },
        "Choice": {
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $x > 200 %}", "Next": "Wait", "Output": 1, "Assign": {"x": "{% $x + 1 %}"}},
                {"Condition": False, "Next": "Fail"},
            ],
            "Default": "Until",
            "Output": "{% $x %}",
            "Assign": {"x": 0},
        },
        "Wait": {"Type": "Wait", "Seconds": "{% $x %}", "Output": 1, "Assign": {"w": 1}, "Next": "Parallel"},
        "Until": {"Type": "Wait", "Timestamp": "{% $now() %}", "Next": "Parallel"},
        "Parallel": {
            "Type": "Parallel",
            "Arguments": "{% $states.input %}",
            "Branches": [{"StartAt": "Left", "States": {"Left": {"Type": "Succeed", "Output": "{% $x %}"}}}],
            "Output": "{% $states.result[0] %}",
            "Next": "Map",
        },
        "Map": {
            "Type": "Map",
            "Items": ["{% $x %}", 2],
            "ItemSelector": {"v": "{% $states.context.Map.Item.Value %}"},
            "MaxConcurrency": "{% 2 %}",
            "ItemProcessor": {"StartAt": "Item", "States": {"Item": {"Type": "Pass", "End": True}}},
            "Output": "{% $states.result %}",
            "End": True,
        },
        "Fail": {"Type": "Fail", "Error": "{% $states.input.error %}", "Cause": "{% $cause %}"},
    },
}

DISTRIBUTED_MAP: dict[str, Any] = {
    "StartAt": "Map",
    "States": {
        "Map": {
            "Type": "Map",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "Parameters": {"Bucket": "b", "Key.$": "$.key"},
                "ReaderConfig": {
                    "InputType": "CSV",
                    "CSVDelimiter": "TAB",
                    "CSVHeaderLocation": "GIVEN",
                    "CSVHeaders": ["a", "b"],
                    "MaxItemsPath": "$.n",
                },
            },
            "ItemSelector": {"item.$": "$$.Map.Item.Value"},
            "ItemBatcher": {"MaxItemsPerBatch": 2, "MaxInputBytesPerBatchPath": "$.b", "BatchInput": {"x.$": "$.x"}},
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                "StartAt": "Child",
                "States": {"Child": {"Type": "Task", "Resource": LAMBDA, "End": True}},
            },
            "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": "b", "Prefix": "p"},
                "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"},
            },
            "Label": "children",
            "ToleratedFailureCount": 1,
            "ToleratedFailurePercentagePath": "$.p",
            "MaxConcurrency": 100,
            "Next": "JSONata",
        },
        "JSONata": {
            "Type": "Map",
            "QueryLanguage": "JSONata",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:listObjectsV2",
                "Arguments": {"Bucket": "{% $states.input.bucket %}"},
                "ReaderConfig": {
                    "Transformation": "LOAD_AND_FLATTEN",
                    "InputType": "JSON",
                    "ItemsPointer": "/a",
                    "MaxItems": "{% $states.input.n %}",
                },
            },
            "ItemBatcher": {"MaxInputBytesPerBatch": "{% 1000 %}", "BatchInput": {"x": "{% $states.input.x %}"}},
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Other child",
                "States": {"Other child": {"Type": "Pass", "End": True}},
            },
            "ToleratedFailurePercentage": "{% 0.5 %}",
            "End": True,
        },
    },
}
